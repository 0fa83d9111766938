using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Writes what a plan binds an approval to. Settings and advice of locations are not part of it: they are read again when it runs.
/// </summary>
internal static class PlanWriter
{
    public static void Write(ErasurePlan plan, CanonicalWriter writer)
    {
        writer.StartObject();
        writer.Member("createdAt", plan.CreatedAt);
        writer.Member("format", PlanDocument.Format);
        writer.Name("hub");
        writer.StartObject();
        writer.Member("hostName", plan.HubHostName);
        writer.Member("resourceId", plan.HubResourceId);
        writer.EndObject();
        writer.Name("options");
        writer.StartObject();
        if (plan.DeleteEmptied is { } deleteEmptied)
            writer.Member("deleteEmptied", deleteEmptied);
        writer.Member("includeOldVersions", plan.IncludeOldVersions);
        writer.Member("includeRelayed", plan.IncludeRelayed);
        if (plan.LateRecords is { } lateRecords)
            writer.Member("lateRecords", lateRecords);
        if (plan.Scope != RecordScope.All)
            Write(plan.Scope, writer);
        writer.EndObject();
        if (plan.Salt is { } salt)
            writer.Member("salt", salt);
        writer.Name("steps");
        writer.StartArray();
        foreach (ErasureStep step in plan.Steps)
            Write(step, writer);
        writer.EndArray();
        writer.EndObject();
    }

    /// <summary>Only what is not everything: a plan about everything is written as it was before there was a choice.</summary>
    private static void Write(RecordScope scope, CanonicalWriter writer)
    {
        writer.Name("scope");
        writer.StartObject();
        if (scope.EndTime is { } end)
            writer.Member("endTime", end);
        if (scope.GenerationId is { } generation)
            writer.Member("generationId", generation);
        if (scope.IncludeMentioned)
            writer.Member("includeMentioned", true);
        if (scope.StartTime is { } start)
            writer.Member("startTime", start);
        writer.EndObject();
    }

    private static void Write(ErasureStep step, CanonicalWriter writer)
    {
        DeviceDataFinding finding = step.Finding;
        writer.StartObject();
        writer.Member("action", step.Action.ToString());
        writer.Member("bytes", finding.ByteCount);
        writer.Member("deviceId", step.DeviceId);
        writer.Member("generationId", finding.GenerationId);
        writer.Name("items");
        writer.StartArray();
        foreach (SeenItem item in finding.Items)
            Write(item, writer);
        writer.EndArray();
        writer.Name("location");
        Write(step.Location, writer);
        writer.Member("oldCopyRecords", finding.OldCopyCount);
        writer.Member("records", finding.IsCounted ? finding.RecordCount : (long?)null);
        writer.Member("relayedRecords", finding.RelayedCount);
        writer.Member("summary", $"{step.Action}: {step.Target}");
        writer.Member("verdict", finding.Verdict.ToString());
        writer.EndObject();
    }

    private static void Write(DataLocation location, CanonicalWriter writer)
    {
        writer.StartObject();
        writer.Member("id", location.Id);
        writer.Member("kind", location.Kind);
        writer.Member("place", location.Place);
        writer.Member("provenance", location.Provenance);
        StatementJson.WriteMember(location.Statements, writer);
        WayJson.WriteMember(location.Ways, writer);
        writer.EndObject();
    }

    private static void Write(SeenItem item, CanonicalWriter writer)
    {
        writer.StartObject();
        writer.Member("bytes", item.Bytes);
        writer.Member("etag", item.ETag);
        writer.Member("oldCopy", item.IsOldCopy);
        writer.Member("path", item.Path);
        writer.Member("records", item.Records);
        writer.EndObject();
    }
}
