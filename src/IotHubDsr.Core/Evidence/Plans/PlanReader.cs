using System.Globalization;
using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>Reads what <see cref="PlanWriter"/> wrote.</summary>
internal static class PlanReader
{
    public static ErasurePlan Read(JsonElement plan)
    {
        int format = PlanDocument.FormatOf(Text(plan, "format")) ?? throw new FormatException("It is not in a format of this version.");
        JsonElement hub = plan.GetProperty("hub");
        JsonElement options = plan.GetProperty("options");
        string? salt = plan.TryGetProperty("salt", out _) ? PlanSalt.Require(Text(plan, "salt")) : null;
        string hostName = Text(hub, "hostName");
        string? resourceId = hub.GetProperty("resourceId").GetString();
        List<ErasureStep> steps =
            format == PlanDocument.TableFormat
                ? PlanTableReader.Read(plan, hostName, resourceId)
                : [.. plan.GetProperty("steps").EnumerateArray().Select(ReadStep).Select(step => OfHub(step, salt, hostName, resourceId))];
        if (steps.DistinctBy(step => (step.DeviceId, step.Location.Id)).Count() != steps.Count)
            throw new FormatException("A device has two steps in one location.");
        return new ErasurePlan
        {
            Format = format,
            HubHostName = hostName,
            HubResourceId = resourceId,
            Salt = salt,
            CreatedAt = Time(plan, "createdAt"),
            Erasure = ReadErasure(options),
            LateRecords = options.TryGetProperty("lateRecords", out JsonElement lateRecords) ? lateRecords.GetInt64() : null,
            Steps = steps,
        };
    }

    /// <summary>Steps name their hub since plans have a salt; those of older plans are left as they were approved.</summary>
    private static ErasureStep OfHub(ErasureStep step, string? salt, string hostName, string? resourceId) =>
        salt is null ? step : step with { Finding = step.Finding with { HubHostName = hostName, HubResourceId = resourceId } };

    private static ErasureOptions ReadErasure(JsonElement options) =>
        new()
        {
            DeleteEmptied = options.TryGetProperty("deleteEmptied", out JsonElement deleteEmptied) ? deleteEmptied.GetBoolean() : null,
            HideNow = options.TryGetProperty("hideNow", out JsonElement hides) && hides.GetBoolean(),
            IncludeOldVersions = options.GetProperty("includeOldVersions").GetBoolean(),
            IncludeRelayed = options.GetProperty("includeRelayed").GetBoolean(),
            Reprovisioning = options.TryGetProperty("reprovisioning", out _) ? Named<Reprovisioning>(options, "reprovisioning") : default,
            RewriteConfigurations = options.TryGetProperty("rewriteConfigurations", out JsonElement rewrites) && rewrites.GetBoolean(),
            Scope = options.TryGetProperty("scope", out JsonElement scope) ? ReadScope(scope) : RecordScope.All,
            SettleMessages = options.TryGetProperty("settleMessages", out JsonElement settles) && settles.GetBoolean(),
        };

    private static RecordScope ReadScope(JsonElement scope) =>
        new()
        {
            GenerationId = scope.TryGetProperty("generationId", out _) ? Text(scope, "generationId") : null,
            StartTime = scope.TryGetProperty("startTime", out _) ? Time(scope, "startTime") : null,
            EndTime = scope.TryGetProperty("endTime", out _) ? Time(scope, "endTime") : null,
            IncludeMentioned = scope.TryGetProperty("includeMentioned", out JsonElement mentioned) && mentioned.GetBoolean(),
        };

    private static ErasureStep ReadStep(JsonElement step) =>
        ReadStep(
            step,
            ReadLocation(step.GetProperty("location")),
            [.. step.GetProperty("items").EnumerateArray().Select(ReadItem)],
            Text(step, "deviceId")
        );

    public static ErasureStep ReadStep(JsonElement step, DataLocation location, IReadOnlyList<SeenItem> items, string deviceId)
    {
        var finding = new DeviceDataFinding
        {
            DeviceId = deviceId,
            GenerationId = step.TryGetProperty("generationId", out JsonElement generation) ? generation.GetString() : null,
            Verdict = Named<Verdict>(step, "verdict"),
            Location = location,
            // A plan that was made before a count could be left out has 0 there, and its summary says so.
            IsCounted = step.GetProperty("records").ValueKind != JsonValueKind.Null,
            RecordCount = step.GetProperty("records") is { ValueKind: not JsonValueKind.Null } records ? records.GetInt64() : 0,
            RelayedCount = step.GetProperty("relayedRecords").GetInt64(),
            OldCopyCount = step.GetProperty("oldCopyRecords").GetInt64(),
            ByteCount = step.GetProperty("bytes").GetInt64(),
            Items = items,
        };
        return new ErasureStep(finding, Named<ErasureAction>(step, "action"));
    }

    public static DataLocation ReadLocation(JsonElement location) =>
        new()
        {
            Id = Text(location, "id"),
            Kind = Text(location, "kind"),
            Place = Text(location, "place"),
            ResourceId = location.TryGetProperty("resourceId", out JsonElement resourceId) ? resourceId.GetString() : null,
            Ways = WayJson.ReadMember(
                location,
                [.. location.GetProperty("provenance").EnumerateArray().Select(sentence => sentence.GetString()!)]
            ),
            Statements = StatementJson.ReadMember(location),
        };

    public static SeenItem ReadItem(JsonElement item) =>
        new(
            Text(item, "path"),
            item.GetProperty("etag").GetString(),
            item.GetProperty("records").GetInt64(),
            item.GetProperty("bytes").GetInt64()
        )
        {
            IsOldCopy = item.GetProperty("oldCopy").GetBoolean(),
        };

    /// <summary>A value by its name; the number of a value, or of none, is not one.</summary>
    private static TEnum Named<TEnum>(JsonElement element, string name)
        where TEnum : struct, Enum =>
        Array.IndexOf(Enum.GetNames<TEnum>(), Text(element, name)) is >= 0 and int index
            ? Enum.GetValues<TEnum>()[index]
            : throw new FormatException($"The member '{name}' has an unknown value.");

    private static DateTimeOffset Time(JsonElement element, string name) =>
        DateTimeOffset.Parse(Text(element, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"The member '{name}' is null.");
}
