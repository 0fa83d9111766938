namespace IotHubDsr;

/// <summary>What a step of a plan does.</summary>
public enum ErasureAction
{
    /// <summary>Nothing: there is nothing to erase, or the module cannot erase there.</summary>
    None = 0,

    /// <summary>Erases what was found and reads the location again.</summary>
    Erase = 1,
}
