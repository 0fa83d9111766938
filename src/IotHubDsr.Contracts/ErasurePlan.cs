namespace IotHubDsr;

/// <summary>What an erasure would do: the footprint of its devices and the intended action in each location.</summary>
public sealed record ErasurePlan
{
    /// <summary>Host name of the hub that the plan was made for.</summary>
    public required string HubHostName { get; init; }

    /// <summary>When the footprint was complete.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>One step per device and location, in the order in which they would run.</summary>
    public required IReadOnlyList<ErasureStep> Steps { get; init; }
}

/// <summary>One device in one location of a plan.</summary>
/// <param name="Finding">What was found, and what the step therefore expects to find.</param>
/// <param name="Action">What would be done.</param>
public sealed record ErasureStep(DeviceDataFinding Finding, ErasureAction Action)
{
    /// <summary>ID of the device.</summary>
    public string DeviceId => Finding.DeviceId;

    /// <summary>The location.</summary>
    public DataLocation Location => Finding.Location;

    /// <summary>Device, kind, place and size, as a person is asked about them.</summary>
    public string Target =>
        $"Device '{DeviceId}' in {Location.Kind} {Location.Place} ({Counted.Of(Finding.Records, "record")} in {Counted.Of(Finding.Items.Count, "item")}, {ByteSize.Format(Finding.Bytes)})";
}

/// <summary>What a step of a plan does.</summary>
public enum ErasureAction
{
    /// <summary>Nothing: there is nothing to erase, or the module cannot erase there.</summary>
    None = 0,

    /// <summary>Erases what was found and reads the location again.</summary>
    Erase = 1,
}
