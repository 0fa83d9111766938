using System.Globalization;
using System.Text.Json;

namespace IotHubDsr.Plans;

/// <summary>Writes what a plan binds an approval to. Settings and advice of locations are not part of it: they are read anew when it runs.</summary>
internal static class PlanWriter
{
    public static void Write(ErasurePlan plan, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("format"u8, PlanDocument.Format);
        writer.WriteString("createdAt"u8, Time(plan.CreatedAt));
        writer.WriteStartObject("hub"u8);
        writer.WriteString("hostName"u8, plan.HubHostName);
        writer.WriteString("resourceId"u8, plan.HubResourceId);
        writer.WriteEndObject();
        writer.WriteStartObject("options"u8);
        if (plan.DeleteEmptied is { } deleteEmptied)
            writer.WriteBoolean("deleteEmptied"u8, deleteEmptied);
        writer.WriteBoolean("includeOldVersions"u8, plan.IncludeOldVersions);
        writer.WriteBoolean("includeRelayed"u8, plan.IncludeRelayed);
        if (plan.Scope != RecordScope.All)
            Write(plan.Scope, writer);
        writer.WriteEndObject();
        writer.WriteStartArray("steps"u8);
        foreach (ErasureStep step in plan.Steps)
            Write(step, writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Only what is not everything: a plan about everything is written as it was before there was a choice.</summary>
    private static void Write(RecordScope scope, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("scope"u8);
        if (scope.GenerationId is { } generation)
            writer.WriteString("generationId"u8, generation);
        if (scope.StartTime is { } start)
            writer.WriteString("startTime"u8, Time(start));
        if (scope.EndTime is { } end)
            writer.WriteString("endTime"u8, Time(end));
        if (scope.IncludeMentioned)
            writer.WriteBoolean("includeMentioned"u8, true);
        writer.WriteEndObject();
    }

    private static void Write(ErasureStep step, Utf8JsonWriter writer)
    {
        DeviceDataFinding finding = step.Finding;
        writer.WriteStartObject();
        writer.WriteString("summary"u8, $"{step.Action}: {step.Target}");
        writer.WriteString("deviceId"u8, step.DeviceId);
        writer.WriteString("generationId"u8, finding.GenerationId);
        writer.WriteString("action"u8, step.Action.ToString());
        writer.WriteString("verdict"u8, finding.Verdict.ToString());
        writer.WriteStartObject("location"u8);
        writer.WriteString("id"u8, step.Location.Id);
        writer.WriteString("kind"u8, step.Location.Kind);
        writer.WriteString("place"u8, step.Location.Place);
        writer.WriteStartArray("provenance"u8);
        foreach (string sentence in step.Location.Provenance)
            writer.WriteStringValue(sentence);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteNumber("records"u8, finding.Records);
        writer.WriteNumber("relayedRecords"u8, finding.RelayedRecords);
        writer.WriteNumber("oldCopyRecords"u8, finding.OldCopyRecords);
        writer.WriteNumber("bytes"u8, finding.Bytes);
        writer.WriteStartArray("items"u8);
        foreach (SeenItem item in finding.Items)
            Write(item, writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(SeenItem item, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, item.Path);
        writer.WriteString("etag"u8, item.ETag);
        writer.WriteNumber("records"u8, item.Records);
        writer.WriteNumber("bytes"u8, item.Bytes);
        writer.WriteBoolean("oldCopy"u8, item.IsOldCopy);
        writer.WriteEndObject();
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
