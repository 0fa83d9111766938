namespace IotHubDsr;

/// <summary>
/// The state of one device's data in one location, from best to worst. The overall verdict of several is the worst one: nothing is
/// <see cref="Absent"/> unless the location was read.
/// </summary>
public enum Verdict
{
    /// <summary>The location was read completely and holds nothing of the device.</summary>
    Absent = 0,

    /// <summary>Data was erased, the location was read again, and it is gone.</summary>
    Erased = 1,

    /// <summary>The erasure was accepted, or data can still arrive from a buffer; it is settled at a known time.</summary>
    ErasurePending = 2,

    /// <summary>The service does not delete single records here; the data leaves by retention at a known time.</summary>
    Expiring = 3,

    /// <summary>An immutability policy, a legal hold or an operator's hold prevents the erasure.</summary>
    Held = 4,

    /// <summary>Someone else must act; the detail says who and what.</summary>
    OwnerAction = 5,

    /// <summary>Data was found and not erased.</summary>
    Present = 6,

    /// <summary>The location, or a part of it, could not be read; the detail says why.</summary>
    Unreachable = 7,

    /// <summary>Anything else. This includes locations that were not read.</summary>
    Unknown = 8,
}
