using IotHubDsr.Core.Azure.Provisioning;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>What a provisioning service holds of one device.</summary>
internal sealed class DeviceEnrollments
{
    /// <summary>Its enrollments that lead to this hub.</summary>
    public List<Enrollment> Enrollments { get; } = [];

    /// <summary>Its registrations with this hub, each with the group that let it in; null for an enrollment of its own, or none.</summary>
    public List<(Registration Registration, string? Group)> Registrations { get; } = [];

    /// <summary>Records that are another hub's.</summary>
    public int Others { get; private set; }

    /// <summary>Records that can be this hub's or another's, or of a device whose ID differs by case.</summary>
    public int Open { get; private set; }

    /// <summary>Enrollments of the device whose registration is another device's: the service deletes both or none.</summary>
    public int Shared { get; private set; }

    /// <summary>What is the device's, as an erasure goes by it.</summary>
    public IReadOnlyList<SeenItem> Items =>
        [
            .. Enrollments.Select(static one => new SeenItem(PathOfEnrollment(one.RegistrationId), one.ETag, 1, one.Bytes)
            {
                LastTime = one.ChangedAt,
            }),
            .. Registrations.Select(static one => new SeenItem(
                PathOfRegistration(one.Registration.RegistrationId),
                one.Registration.ETag,
                1,
                one.Registration.Bytes
            )
            {
                LastTime = one.Registration.ChangedAt,
            }),
        ];

    /// <summary>The name of an enrollment among the items of a finding.</summary>
    public static string PathOfEnrollment(string registrationId) => $"enrollments/{registrationId}";

    /// <summary>The name of a registration among the items of a finding.</summary>
    public static string PathOfRegistration(string registrationId) => $"registrations/{registrationId}";

    public void Add(Enrollment enrollment, Registration? registration, HubClaim claim)
    {
        if (claim == HubClaim.Ours && registration?.DeviceId is { } other && other != enrollment.DeviceOf(registration))
            Shared++;
        else if (claim == HubClaim.Ours)
            Enrollments.Add(enrollment);
        else
            Count(claim);
    }

    public void Add(Registration registration, string? group, HubClaim claim)
    {
        if (claim == HubClaim.Ours)
            Registrations.Add((registration, group));
        else
            Count(claim);
    }

    /// <summary>Counts an enrollment that may be the device's or that of another whose ID differs by case.</summary>
    public void AddUndecided() => Open++;

    private void Count(HubClaim claim)
    {
        if (claim == HubClaim.Others)
            Others++;
        else
            Open++;
    }
}
