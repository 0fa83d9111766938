using System.Collections.Concurrent;
using IotHubDsr.Core.Azure.Provisioning;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>
/// Reads a provisioning service once for all devices. It has no look-up by device ID: every enrollment and the registrations of every group
/// are listed. Those that a deleted group left behind are in no list; they are asked for by the ID of the device.
/// </summary>
internal sealed class EnrollmentScan(ProvisioningClient client, HubClaims claims, SinkCall call, IReadOnlyList<string> deviceIds)
{
    /// <summary>A service allows a thousand operations in a minute: a long look is told of.</summary>
    private const int ProgressEvery = 100;

    private readonly HashSet<string> _devices = new(deviceIds, StringComparer.Ordinal);

    /// <summary>Registration IDs that are looked at one by one; the service does not tell their case apart.</summary>
    private readonly HashSet<string> _asked = new(deviceIds.Where(RegistrationId.IsOne), StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, Enrollment> _enrollments = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, (Registration Registration, EnrollmentGroup? Group)> _registrations = new(
        StringComparer.OrdinalIgnoreCase
    );

    private readonly List<EnrollmentGroup> _groups = [];

    /// <summary>IDs of the groups by which a device can register with this hub.</summary>
    public IReadOnlyList<string> Groups => [.. _groups.Where(claims.CanLeadHere).Select(static group => group.Id)];

    /// <summary>What the service holds of each device.</summary>
    public async Task<IReadOnlyDictionary<string, DeviceEnrollments>> RunAsync(CancellationToken cancellationToken)
    {
        await ReadEnrollmentsAsync(cancellationToken);
        await ReadGroupsAsync(cancellationToken);
        foreach (Enrollment enrollment in _enrollments.Values)
        {
            // The listing shows the registration of an enrollment as a look at it would.
            if (enrollment.Registration is { ETag: not null } shown)
                _registrations.TryAdd(enrollment.RegistrationId, (shown, null));
        }

        List<string> single =
        [
            .. _asked.Concat(_enrollments.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Where(id => !_registrations.ContainsKey(id)),
        ];
        int looked = 0;
        await call.Gate.ForEachAsync(
            single,
            async (registrationId, token) =>
            {
                if (await client.GetRegistrationAsync(registrationId, token) is { } registration)
                    _registrations.TryAdd(registrationId, (registration, null));
                if (Interlocked.Increment(ref looked) is int done && done % ProgressEvery == 0)
                {
                    await call.ProgressAsync(
                        $"{done:N0} of {Counted.Of(single.Count, "registration")} looked at; the rest takes "
                            + $"{TableText.Duration(client.TimeFor(single.Count - done))} at the service's pace",
                        (int)(100L * done / single.Count),
                        token
                    );
                }
            },
            cancellationToken
        );
        return Assemble();
    }

    private async Task ReadEnrollmentsAsync(CancellationToken cancellationToken)
    {
        int read = 0;
        await foreach (Enrollment enrollment in client.ListEnrollmentsAsync(cancellationToken))
        {
            if (
                _devices.Contains(enrollment.DeviceOf(registration: null))
                || (enrollment.Registration?.DeviceId is { } made && _devices.Contains(made))
                || _asked.Contains(enrollment.RegistrationId)
            )
            {
                _enrollments[enrollment.RegistrationId] = enrollment;
            }

            if (++read % 1_000 == 0)
                await call.ProgressAsync($"{Counted.Of(read, "enrollment")} read", percent: null, cancellationToken);
        }
    }

    private async Task ReadGroupsAsync(CancellationToken cancellationToken)
    {
        await foreach (EnrollmentGroup group in client.ListGroupsAsync(cancellationToken))
            _groups.Add(group);
        await call.Gate.ForEachAsync(
            _groups,
            async (group, token) =>
            {
                await foreach (Registration registration in client.ListRegistrationsAsync(group.Id, token))
                {
                    if (IsConcerned(registration))
                        _registrations[registration.RegistrationId] = (registration, group);
                }
            },
            cancellationToken
        );
    }

    /// <summary>A registration that names no device and has made none yet can make one whose ID differs by case.</summary>
    private static void AddUndecided(Dictionary<string, DeviceEnrollments> held, string registrationId)
    {
        foreach ((string deviceId, DeviceEnrollments device) in held)
        {
            if (deviceId.Equals(registrationId, StringComparison.OrdinalIgnoreCase))
                device.AddUndecided();
        }
    }

    private bool IsConcerned(Registration registration) =>
        _devices.Contains(OwnerOf(registration)) || (registration.DeviceId is null && _asked.Contains(registration.RegistrationId));

    /// <summary>The device that a registration is of, also before it is assigned.</summary>
    private string OwnerOf(Registration registration) =>
        registration.DeviceId
        ?? (_enrollments.TryGetValue(registration.RegistrationId, out Enrollment? enrollment) ? enrollment.DeviceOf(registration) : null)
        ?? registration.RegistrationId;

    private Dictionary<string, DeviceEnrollments> Assemble()
    {
        var held = _devices.ToDictionary(static device => device, static _ => new DeviceEnrollments(), StringComparer.Ordinal);
        foreach (Enrollment enrollment in _enrollments.Values.OrderBy(static one => one.RegistrationId, StringComparer.Ordinal))
        {
            Registration? registration = _registrations.TryGetValue(
                enrollment.RegistrationId,
                out (Registration Registration, EnrollmentGroup?) found
            )
                ? found.Registration
                : null;
            HubClaim claim = claims.Of(enrollment, registration);
            bool isNameless = enrollment.NamedDevice is null && (registration ?? enrollment.Registration)?.DeviceId is null;
            if (held.TryGetValue(enrollment.DeviceOf(registration), out DeviceEnrollments? device))
                device.Add(enrollment, registration, claim);
            else if (isNameless && claim != HubClaim.Others)
                AddUndecided(held, enrollment.RegistrationId);
        }

        foreach (
            (Registration registration, EnrollmentGroup? group) in _registrations.Values.OrderBy(
                static one => one.Registration.RegistrationId,
                StringComparer.Ordinal
            )
        )
        {
            _enrollments.TryGetValue(registration.RegistrationId, out Enrollment? enrollment);
            HubClaim claim = claims.Of(registration, enrollment?.Hubs ?? group?.Hubs ?? []);
            if (held.TryGetValue(OwnerOf(registration), out DeviceEnrollments? device))
                device.Add(registration, group?.Id, claim);
            else if (registration.DeviceId is null && enrollment is null && claim != HubClaim.Others)
                AddUndecided(held, registration.RegistrationId);
        }

        return held;
    }
}
