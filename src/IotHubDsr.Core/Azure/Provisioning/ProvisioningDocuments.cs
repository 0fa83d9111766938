using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>The enrollment of a single device.</summary>
/// <param name="Json">The whole document; it can hold the device's keys.</param>
/// <param name="RegistrationId">Its ID, compared without regard to case; it need not be that of the device.</param>
/// <param name="ETag">Its ETag, without quotes.</param>
internal sealed record Enrollment(JsonElement Json, string RegistrationId, string ETag) : HubDocument(Json)
{
    /// <summary>The device that it names, case-sensitive; null if it names none.</summary>
    public string? NamedDevice { get; } = Json.Text("deviceId") is { Length: > 0 } deviceId ? deviceId : null;

    public bool IsDisabled { get; } = "disabled".Equals(Json.Text("provisioningStatus"), StringComparison.OrdinalIgnoreCase);

    /// <summary>How the device proves who it is: <c>symmetricKey</c>, <c>x509</c> or <c>tpm</c>.</summary>
    public string? AttestationType { get; } =
        Json.TryGetProperty("attestation", out JsonElement attestation) ? attestation.Text("type") : null;

    /// <summary>Host names of the hubs that it may lead to; empty if any that the service is linked to.</summary>
    public IReadOnlyList<string> Hubs { get; } = AllowedHubs.Of(Json);

    /// <summary>The registration as far as the enrollment tells of it.</summary>
    public Registration? Registration { get; } =
        Json.TryGetProperty("registrationState", out JsonElement state) ? Provisioning.Registration.Read(state, RegistrationId) : null;

    /// <summary>The device that it makes: which case an ID without a name has in the hub, only a registration tells.</summary>
    /// <param name="registration">Its registration; null without one.</param>
    public string DeviceOf(Registration? registration) => NamedDevice ?? (registration ?? Registration)?.DeviceId ?? RegistrationId;

    /// <summary>When it was made or changed.</summary>
    public DateTimeOffset? ChangedAt { get; } = Time(Json, "lastUpdatedDateTimeUtc") ?? Time(Json, "createdDateTimeUtc");

    /// <summary>Null when the document is not an enrollment.</summary>
    public static Enrollment? Read(JsonElement json) =>
        json.Text("registrationId") is { Length: > 0 } id && json.Text("etag") is { Length: > 0 } etag
            ? new Enrollment(json, id, etag.Trim('"'))
            : null;
}

/// <summary>An enrollment of many devices, none of which it names.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="Hubs">As those of <see cref="Enrollment"/>.</param>
/// <param name="IsDisabled">Whether nobody can register by it.</param>
internal sealed record EnrollmentGroup(string Id, IReadOnlyList<string> Hubs, bool IsDisabled)
{
    /// <summary>Null when the document is not a group.</summary>
    public static EnrollmentGroup? Read(JsonElement json) =>
        json.Text("enrollmentGroupId") is { Length: > 0 } id
            ? new EnrollmentGroup(
                id,
                AllowedHubs.Of(json),
                "disabled".Equals(json.Text("provisioningStatus"), StringComparison.OrdinalIgnoreCase)
            )
            : null;
}

/// <summary>What became of a device that came to the service: its registration state.</summary>
/// <param name="Json">The whole document.</param>
/// <param name="RegistrationId">The ID under which it came, compared without regard to case.</param>
/// <param name="ETag">Its ETag, without quotes; null when the service did not tell it.</param>
internal sealed record Registration(JsonElement Json, string RegistrationId, string? ETag) : HubDocument(Json)
{
    /// <summary>The device that it was made, case-sensitive; null before that.</summary>
    public string? DeviceId { get; } = Json.Text("deviceId") is { Length: > 0 } deviceId ? deviceId : null;

    /// <summary>Host name of the hub that it was assigned to; null before that.</summary>
    public string? AssignedHub { get; } = Json.Text("assignedHub") is { Length: > 0 } hub ? hub : null;

    /// <summary>When the device came last.</summary>
    public DateTimeOffset? ChangedAt { get; } = Time(Json, "lastUpdatedDateTimeUtc") ?? Time(Json, "createdDateTimeUtc");

    /// <summary>Null when the document is not a registration.</summary>
    /// <param name="json">The document.</param>
    /// <param name="expected">The registration ID that it must have, if it is known.</param>
    public static Registration? Read(JsonElement json, string? expected = null)
    {
        string? id = json.Text("registrationId") is { Length: > 0 } own ? own : expected;
        return
            json.ValueKind == JsonValueKind.Object
            && id is not null
            && (expected is null || id.Equals(expected, StringComparison.OrdinalIgnoreCase))
            ? new Registration(json, id, json.Text("etag")?.Trim('"'))
            : null;
    }
}

/// <summary>The hubs that an enrollment may lead to.</summary>
internal static class AllowedHubs
{
    /// <summary>Newer enrollments list hubs; older ones name one.</summary>
    public static IReadOnlyList<string> Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return [];
        if (json.TryGetProperty("iotHubs", out JsonElement hubs) && hubs.ValueKind == JsonValueKind.Array && hubs.GetArrayLength() > 0)
            return [.. hubs.EnumerateArray().Select(static hub => hub.AsText() ?? string.Empty)];
        return json.Text("iotHubHostName") is { Length: > 0 } one ? [one] : [];
    }
}
