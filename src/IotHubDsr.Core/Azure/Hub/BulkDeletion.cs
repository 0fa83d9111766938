using System.Text.Json;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Body and result of a bulk registry call that deletes devices.</summary>
internal static class BulkDeletion
{
    /// <summary>The hub's limit for one call.</summary>
    public const int MaxDevices = 100;

    public static byte[] Write(IReadOnlyList<ConditionalDeletion> deletions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deletions.Count, MaxDevices);
        ArgumentOutOfRangeException.ThrowIfZero(deletions.Count);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (ConditionalDeletion deletion in deletions)
            {
                writer.WriteStartObject();
                writer.WriteString("id", deletion.DeviceId);
                writer.WriteString("eTag", deletion.ETag);
                writer.WriteString("importMode", "deleteIfMatchETag");

                // Required by the schema although it has no bearing on a deletion.
                writer.WriteString("status", "disabled");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }

    /// <summary>Whether a body is a result, rather than the report of a call that was refused as a whole.</summary>
    public static bool IsResult(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("isSuccessful", out JsonElement successful)
        && successful.ValueKind is JsonValueKind.True or JsonValueKind.False;

    /// <summary>One outcome for each device, in the order of the call.</summary>
    /// <exception cref="DsrException">The result does not identify devices, so nothing is known about any of them.</exception>
    public static IReadOnlyList<BulkDeletionOutcome> Read(
        JsonElement json,
        IReadOnlyList<ConditionalDeletion> deletions,
        bool wasRetried,
        string hostName
    )
    {
        var errors = new Dictionary<string, HubError>(StringComparer.Ordinal);
        var expected = deletions.Select(static deletion => deletion.DeviceId).ToHashSet(StringComparer.Ordinal);
        if (json.TryGetProperty("errors", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement error in list.EnumerateArray())
            {
                if (error.Text("deviceId") is not { } deviceId || !expected.Contains(deviceId))
                    throw new DsrException(HubFaults.Incomplete("the outcome of each device", hostName));
                _ = error.TryGetProperty("errorCode", out JsonElement code);
                errors.TryAdd(deviceId, HubError.Of(code, error.Text("errorStatus") ?? string.Empty));
            }
        }

        if (errors.Count == 0 && !json.GetProperty("isSuccessful").GetBoolean())
            throw new DsrException(HubFaults.Incomplete("the outcome of each device", hostName));
        return
        [
            .. deletions.Select(deletion => Outcome(deletion.DeviceId, errors.GetValueOrDefault(deletion.DeviceId), wasRetried, hostName)),
        ];
    }

    private static BulkDeletionOutcome Outcome(string deviceId, HubError? error, bool wasRetried, string hostName) =>
        error?.Code switch
        {
            null => new BulkDeletionOutcome(deviceId, DeletionResult.Deleted, Fault: null),

            // What the second attempt does not find, the first one deleted before its reply was lost.
            HubErrorCodes.DeviceNotFound => new BulkDeletionOutcome(
                deviceId,
                wasRetried ? DeletionResult.Deleted : DeletionResult.Absent,
                Fault: null
            ),
            HubErrorCodes.PreconditionFailed => new BulkDeletionOutcome(deviceId, DeletionResult.PreconditionFailed, Fault: null),
            { } code => new BulkDeletionOutcome(
                deviceId,
                Result: null,
                HubFaults.For(code / 1000, error, HubOperation.DeleteDevice, hostName)
            ),
        };
}
