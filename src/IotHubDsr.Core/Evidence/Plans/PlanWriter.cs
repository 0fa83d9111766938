using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Writes what a plan binds an approval to: of a location what and which it is. Settings and advice are not part of it: they are read again
/// when it runs.
/// </summary>
internal static class PlanWriter
{
    /// <exception cref="FormatException">It is in the form of a table, and is none.</exception>
    public static void Write(ErasurePlan plan, CanonicalWriter writer)
    {
        PlanTable? table =
            plan.Format == PlanDocument.TableFormat
                ? PlanTable.Of(plan) ?? throw new FormatException("There is not one step for each device and location.")
                : null;
        writer.StartObject();
        writer.Member("createdAt", plan.CreatedAt);
        if (table is not null)
            writer.Member("devices", table.Devices);
        writer.Member("format", PlanDocument.NameOf(plan.Format));
        writer.Name("hub");
        writer.StartObject();
        writer.Member("hostName", plan.HubHostName);
        writer.Member("resourceId", plan.HubResourceId);
        writer.EndObject();
        if (table is not null)
        {
            writer.Name("locations");
            PlanTableWriter.Write(table, writer);
        }

        writer.Name("options");
        writer.StartObject();
        if (plan.DeleteEmptied is { } deleteEmptied)
            writer.Member("deleteEmptied", deleteEmptied);
        if (plan.HideNow)
            writer.Member("hideNow", true);
        writer.Member("includeOldVersions", plan.IncludeOldVersions);
        writer.Member("includeRelayed", plan.IncludeRelayed);
        if (plan.LateRecords is { } lateRecords)
            writer.Member("lateRecords", lateRecords);
        if (plan.Reprovisioning != Reprovisioning.Erase)
            writer.Member("reprovisioning", plan.Reprovisioning.ToString());
        if (plan.RewriteConfigurations)
            writer.Member("rewriteConfigurations", true);
        if (plan.Scope != RecordScope.All)
            Write(plan.Scope, writer);
        if (plan.SettleMessages)
            writer.Member("settleMessages", true);
        writer.EndObject();
        if (plan.Salt is { } salt)
            writer.Member("salt", salt);
        if (table is null)
        {
            writer.Name("steps");
            writer.StartArray();
            foreach (ErasureStep step in plan.Steps)
                Write(step, writer);
            writer.EndArray();
        }

        writer.EndObject();
    }

    /// <param name="location">The location.</param>
    /// <param name="writer">Where to write.</param>
    /// <param name="writeSteps">Writes what stands with it; null for nothing.</param>
    public static void Write(DataLocation location, CanonicalWriter writer, Action? writeSteps = null)
    {
        writer.StartObject();
        writer.Member("id", location.Id);
        writer.Member("kind", location.Kind);
        writer.Member("place", location.Place);
        writer.Member("provenance", location.Provenance);
        if (location.ResourceId is { } resourceId)
            writer.Member("resourceId", resourceId);
        StatementJson.WriteMember(location.Statements, writer);
        writeSteps?.Invoke();
        WayJson.WriteMember(location.Ways, writer);
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
        ItemsDigest.Write(finding.Items, writer);
        writer.Name("location");
        Write(step.Location, writer);
        writer.Member("oldCopyRecords", finding.OldCopyCount);
        writer.Member("records", finding.IsCounted ? finding.RecordCount : (long?)null);
        writer.Member("relayedRecords", finding.RelayedCount);
        writer.Member("summary", $"{step.Action}: {step.Target}");
        writer.Member("verdict", finding.Verdict.ToString());
        writer.EndObject();
    }
}
