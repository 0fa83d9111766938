namespace IotHubDsr;

/// <summary>Categories of failures; each has the name of a member of PowerShell's ErrorCategory.</summary>
public enum FaultCategory
{
    /// <summary>A value that was given cannot be right.</summary>
    InvalidArgument = 0,

    /// <summary>Data that was read is not what it should be.</summary>
    InvalidData = 1,

    /// <summary>The operation does not fit the present state.</summary>
    InvalidOperation = 2,

    /// <summary>Something is not there.</summary>
    ObjectNotFound = 3,

    /// <summary>Something is there already.</summary>
    ResourceExists = 4,

    /// <summary>Somebody else changes or holds it.</summary>
    ResourceBusy = 5,

    /// <summary>It cannot be reached or used at present.</summary>
    ResourceUnavailable = 6,

    /// <summary>Who asks could not be established.</summary>
    AuthenticationError = 7,

    /// <summary>Who asks may not.</summary>
    PermissionDenied = 8,

    /// <summary>The network failed.</summary>
    ConnectionError = 9,

    /// <summary>A limit of the service was met.</summary>
    LimitsExceeded = 10,

    /// <summary>A file could not be written.</summary>
    WriteError = 11,

    /// <summary>Something that is needed is not installed.</summary>
    NotInstalled = 12,
}
