namespace IotHubDsr;

/// <summary>A device as it was named: by its ID alone, or by an object that also says which hub the device belongs to.</summary>
/// <param name="DeviceId">ID of the device, case-sensitive.</param>
public sealed record HubDevice(string DeviceId)
{
    /// <summary>Host name or name of its hub; null if not stated.</summary>
    public string? Hub { get; init; }

    /// <summary>Azure Resource Manager ID of its hub; null if not stated.</summary>
    public string? HubResourceId { get; init; }

    /// <summary>
    /// The number that the ID was given as, where the text that it was written as did not come with it: <c>7</c> may have been <c>007</c>.
    /// Null for an ID that was given as text.
    /// </summary>
    public object? Number { get; init; }

    /// <summary>Whether it can be a device of the hub of a connection: nothing that was said of its hub contradicts.</summary>
    /// <param name="context">The connection.</param>
    public bool CanBeOf(DsrContext context)
    {
        bool sameName =
            Hub is null
            || IsSame(Hub, context.HubHostName)
            || IsSame(Hub, context.HubName)
            || (!Hub.Contains('.', StringComparison.Ordinal) && IsSame(Hub, context.HubHostName.Split('.')[0]));
        return sameName && (HubResourceId is null || context.ResourceId is null || IsSame(HubResourceId, context.ResourceId));
    }

    /// <summary>The ID.</summary>
    public override string ToString() => VisibleText.OfLine(DeviceId);

    private static bool IsSame(string one, string other) => string.Equals(one.Trim(), other, StringComparison.OrdinalIgnoreCase);
}
