namespace IotHubDsr;

/// <summary>What an erasure does with the individual enrollment of a device in a Device Provisioning Service.</summary>
public enum Reprovisioning
{
    /// <summary>
    /// Deletes it, because it is personal data as well (GDPR, article 17). A device that can still prove who it is to an enrollment group
    /// can register again.
    /// </summary>
    Erase = 0,

    /// <summary>Disables it and leaves it: the device cannot register again, and a record of it stays.</summary>
    Block = 1,

    /// <summary>Asks before the run; the answer holds for all of its devices, and for runs that continue it.</summary>
    Ask = 2,
}
