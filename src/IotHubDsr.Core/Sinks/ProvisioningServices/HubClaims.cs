using IotHubDsr.Core.Azure.Provisioning;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>Which hub a record of a provisioning service belongs to.</summary>
internal enum HubClaim
{
    /// <summary>This one.</summary>
    Ours,

    /// <summary>Another one.</summary>
    Others,

    /// <summary>It is not assigned, and may come to this hub or to another.</summary>
    Open,
}

/// <summary>
/// Decides which hub a record belongs to: the hub that the device was assigned to; before that the hubs that its enrollment may lead to; and
/// where it names none those that the service is linked to. Device IDs are unique only within a hub.
/// </summary>
/// <param name="hostName">Host name of this hub.</param>
/// <param name="linked">Host names of the hubs that the service is linked to; empty if they are not known.</param>
internal sealed class HubClaims(string hostName, IReadOnlyList<string> linked)
{
    /// <param name="enrollment">An enrollment.</param>
    /// <param name="registration">Its registration; null without one.</param>
    public HubClaim Of(Enrollment enrollment, Registration? registration) =>
        Of((registration ?? enrollment.Registration)?.AssignedHub, enrollment.Hubs);

    /// <param name="registration">A registration.</param>
    /// <param name="allowed">The hubs that its enrollment or group may lead to; empty for all, or where that is not known.</param>
    public HubClaim Of(Registration registration, IReadOnlyList<string> allowed) => Of(registration.AssignedHub, allowed);

    /// <summary>Whether a group can lead devices to this hub.</summary>
    public bool CanLeadHere(EnrollmentGroup group) => !group.IsDisabled && Of(assigned: null, group.Hubs) != HubClaim.Others;

    private HubClaim Of(string? assigned, IReadOnlyList<string> allowed)
    {
        // An enrollment that was led elsewhere after the device was assigned is of the one hub now and of the other next time.
        if (assigned is not null && allowed.Count > 0 && allowed.Any(IsOurs) != IsOurs(assigned))
            return HubClaim.Open;
        if (assigned is not null)
            return IsOurs(assigned) ? HubClaim.Ours : HubClaim.Others;
        IReadOnlyList<string> hubs = allowed.Count > 0 ? allowed : linked;
        int ours = hubs.Count(IsOurs);
        return hubs.Count == 0 || (ours > 0 && ours < hubs.Count) ? HubClaim.Open
            : ours > 0 ? HubClaim.Ours
            : HubClaim.Others;
    }

    private bool IsOurs(string hub) => hub.Equals(hostName, StringComparison.OrdinalIgnoreCase);
}
