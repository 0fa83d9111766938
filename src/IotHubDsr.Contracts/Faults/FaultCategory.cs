namespace IotHubDsr;

/// <summary>Categories of failures; each has the name of a member of PowerShell's ErrorCategory.</summary>
public enum FaultCategory
{
    /// <summary>An argument is invalid.</summary>
    InvalidArgument = 0,

    /// <summary>Data that was read is malformed or unexpected.</summary>
    InvalidData = 1,

    /// <summary>The operation is not possible in the current state.</summary>
    InvalidOperation = 2,

    /// <summary>Something does not exist.</summary>
    ObjectNotFound = 3,

    /// <summary>Something already exists.</summary>
    ResourceExists = 4,

    /// <summary>Another client is changing or holding it.</summary>
    ResourceBusy = 5,

    /// <summary>Something is currently unavailable.</summary>
    ResourceUnavailable = 6,

    /// <summary>The caller could not be authenticated.</summary>
    AuthenticationError = 7,

    /// <summary>The caller is not authorized.</summary>
    PermissionDenied = 8,

    /// <summary>The network failed.</summary>
    ConnectionError = 9,

    /// <summary>A limit was exceeded.</summary>
    LimitsExceeded = 10,

    /// <summary>A file could not be written.</summary>
    WriteError = 11,

    /// <summary>A prerequisite is not installed.</summary>
    NotInstalled = 12,
}
