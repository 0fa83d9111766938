namespace IotHubDsr;

/// <summary>One device in one location of a plan.</summary>
/// <param name="Finding">What was found, and what the step therefore expects to find.</param>
/// <param name="Action">What would be done.</param>
public sealed record ErasureStep(DeviceDataFinding Finding, ErasureAction Action)
{
    /// <summary>ID of the device.</summary>
    public string DeviceId => Finding.DeviceId;

    /// <summary>Host name of the hub; null in plans of earlier versions.</summary>
    public string? HubHostName => Finding.HubHostName;

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? HubResourceId => Finding.HubResourceId;

    /// <summary>The location.</summary>
    public DataLocation Location => Finding.Location;

    /// <summary>Device, hub, kind, place and size, as shown in the question.</summary>
    public string Target =>
        VisibleText.OfLine(
            $"Device '{DeviceId}'{(HubHostName is null ? string.Empty : $" of {HubHostName}")} in {Location.Kind} {Location.Place} ({Size})"
        );

    private string Size =>
        Finding.IsCounted
            ? $"{Counted.Of(Finding.RecordCount, "record")} in "
                + $"{Counted.Of(Finding.Items.Count, "item")}{(Finding.Bytes is { } bytes ? $", {ByteSize.Format(bytes)}" : string.Empty)}"
            : Counted.Unknown;

    /// <summary>Action and target.</summary>
    public override string ToString() => $"{Action}: {Target}";
}
