namespace IotHubDsr;

/// <summary>A failure as a person is told of it: what happened to what, and what to do.</summary>
/// <param name="Id">Stable PascalCase name, the first part of PowerShell's FullyQualifiedErrorId.</param>
/// <param name="Category">Name of the category in PowerShell's ErrorCategory.</param>
/// <param name="Target">What it happened to: a device ID, a location, a path. Never a secret.</param>
/// <param name="Message">What happened.</param>
/// <param name="RecommendedAction">What a person can do about it.</param>
public sealed record Fault(string Id, FaultCategory Category, string Target, string Message, string RecommendedAction)
{
    /// <summary>The ID and the message.</summary>
    public override string ToString() => VisibleText.OfLine($"{Id}: {Message}");
}

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
