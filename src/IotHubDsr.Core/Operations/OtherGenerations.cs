namespace IotHubDsr.Core.Operations;

/// <summary>
/// Warns of records that an earlier device of the same ID may have sent. Who asks by the ID alone asks for them as well, and may not know
/// that the ID had another owner.
/// </summary>
internal static class OtherGenerations
{
    /// <summary>How many devices a person can take in; the others are counted.</summary>
    private const int MostNamed = 5;

    /// <param name="events">Where to warn.</param>
    /// <param name="counted">Devices with the number of such records in one location.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask WarnAsync(
        OperationEvents events,
        IEnumerable<(string DeviceId, long Records)> counted,
        CancellationToken cancellationToken
    )
    {
        List<(string DeviceId, long Records)> devices =
        [
            .. counted
                .GroupBy(one => one.DeviceId, StringComparer.Ordinal)
                .Select(device => (device.Key, Records: device.Sum(one => one.Records)))
                .Where(device => device.Records > 0)
                .OrderBy(device => device.Key, StringComparer.Ordinal),
        ];
        if (devices.Count == 0)
            return;
        string named = string.Join(
            ", ",
            devices.Take(MostNamed).Select(device => $"'{device.DeviceId}' ({Counted.Of(device.Records, "record")})")
        );
        string more = devices.Count > MostNamed ? $" and {Counted.Of(devices.Count - MostNamed, "other")}" : string.Empty;
        string text =
            $"Under {named}{more} there are records sent under another generation ID: the device ID was deleted and created again, "
            + "possibly for another person. They are included in what is found, exported or erased; -GenerationId limits the command "
            + "to one device of the ID.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
    }
}
