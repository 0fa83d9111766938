namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>Says what a provisioning service holds of devices.</summary>
internal static class EnrollmentFindings
{
    private const int MostNames = 3;

    /// <param name="call">The call.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="held">What the service holds of it.</param>
    /// <param name="groups">The groups that the service has.</param>
    public static DeviceDataFinding Of(SinkCall call, string deviceId, DeviceEnrollments held, IReadOnlyList<string> groups)
    {
        IReadOnlyList<SeenItem> items = held.Items;
        int left = call.Options.Erasure.Reprovisioning == Reprovisioning.Block ? held.Enrollments.Count(static one => one.IsDisabled) : 0;
        bool isUndecided = held.Open + held.Shared > 0 || IsOpenToGroups(call, deviceId, held, groups);
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict =
                items.Count > left ? Verdict.Present
                : left > 0 || isUndecided ? Verdict.OwnerAction
                : Verdict.Absent,
            RecordCount = items.Count,
            LeftCount = left,
            ByteCount = items.Sum(static item => item.Bytes),
            LastTime = items.Max(static item => item.LastTime),
            Detail = RecordRemarks.Sentence([
                Kept(left),
                Returning(held),
                OfGroups(held, groups, call.ErasedAt(deviceId) is not null),
                OfOthers(held.Others),
                Undecided(held.Open, call.Location),
                SharedOnes(held.Shared, call.Location),
            ]),
            Items = items,
        };
    }

    /// <summary>Whether a device that is to be kept out can come by a group: only an enrollment of its own that is disabled stops that.</summary>
    private static bool IsOpenToGroups(SinkCall call, string deviceId, DeviceEnrollments held, IReadOnlyList<string> groups) =>
        call.Options.Erasure.Reprovisioning == Reprovisioning.Block
        && call.ErasedAt(deviceId) is not null
        && held.Items.Count == 0
        && groups.Count > 0;

    /// <summary>What is said of an enrollment that keeps a device out. Being disabled there does not stop one that is in the hub.</summary>
    private static string? Kept(int count) =>
        count == 0
            ? null
            : $"{Counted.Of(count, "enrollment")} {(count == 1 ? "is" : "are")} disabled and {(count == 1 ? "keeps" : "keep")} the device "
                + $"from registering again, but {(count == 1 ? "is itself a record" : "are themselves records")} of it: the person "
                + "responsible decides how long that is needed, and then erases with -Reprovisioning Erase; a device that is in the hub "
                + "stays there as long as its identity does";

    private static string? Returning(DeviceEnrollments held) =>
        held.Enrollments.Count(static one => !one.IsDisabled) is > 0 and int enabled
            ? $"{Counted.Of(enabled, "enrollment")} {(enabled == 1 ? "lets" : "let")} the device register again"
            : null;

    /// <summary>A group is never changed: it lets in others as well.</summary>
    private static string? OfGroups(DeviceEnrollments held, IReadOnlyList<string> groups, bool wasErased)
    {
        string[] own = [.. held.Registrations.Select(static one => one.Group).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
        if (own.Length > 0)
        {
            return $"it registered by the enrollment group {Names(own)}, which is not changed and lets it register again: the person "
                + "responsible for the group revokes the device's certificate, or adds a disabled enrollment of the device, which is a "
                + "record of it";
        }

        return wasErased && held.Items.Count == 0 && groups.Count > 0
            ? $"the service has the enrollment {(groups.Count == 1 ? "group" : "groups")} {Names(groups)}: a device that holds a key or "
                + "certificate of one can register again"
            : null;
    }

    private static string? OfOthers(int count) =>
        count == 0
            ? null
            : $"{Counted.Of(count, "record")} of the device ID {(count == 1 ? "is" : "are")} assigned to another hub and not touched";

    private static string? Undecided(int count, DataLocation location) =>
        count == 0
            ? null
            : $"{Counted.Of(count, "record")} of the device ID {(count == 1 ? "is" : "are")} not assigned to a hub yet, or led to another "
                + "since, and can make a device of this hub, of another, or one whose ID differs by case: "
                + $"{(count == 1 ? "it is" : "they are")} neither erased nor exported; the person responsible "
                + $"for {location.Place} must find out whose {(count == 1 ? "it is" : "they are")}";

    private static string? SharedOnes(int count, DataLocation location) =>
        count == 0
            ? null
            : $"{Counted.Of(count, "enrollment")} of the device {(count == 1 ? "has" : "have")} the registration of another device, which "
                + $"the service would delete with {(count == 1 ? "it" : "them")}: the person responsible for {location.Place} must tell "
                + "them apart";

    private static string Names(IReadOnlyCollection<string> groups) =>
        string.Join(", ", groups.Take(MostNames).Select(static group => $"'{group}'"))
        + (groups.Count > MostNames ? $" and {groups.Count - MostNames} more" : string.Empty);
}
