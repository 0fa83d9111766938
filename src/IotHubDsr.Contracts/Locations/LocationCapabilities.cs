namespace IotHubDsr;

/// <summary>What the module can do in a location for a single device.</summary>
[Flags]
public enum LocationCapabilities
{
    /// <summary>Nothing: the location is only known to exist.</summary>
    None = 0,

    /// <summary>It can tell what the location holds of a device.</summary>
    Find = 1,

    /// <summary>It can copy what it finds into an export package.</summary>
    Export = 2,

    /// <summary>It can erase what it finds and read the location again.</summary>
    Erase = 4,
}
