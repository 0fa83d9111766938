namespace IotHubDsr.Sandbox.Hub;

/// <summary>The service's error codes: the number's first three digits are the HTTP status, the name goes into a header.</summary>
internal enum HubError
{
    None = 0,
    InvalidProtocolVersion = 400001,
    InvalidOperation = 400003,
    ArgumentInvalid = 400004,
    ArgumentNull = 400005,
    BlobContainerValidationError = 400008,
    DeviceDefinedMultipleTimes = 400011,
    DeserializationError = 400012,
    IotHubNotFound = 401001,
    IotHubUnauthorizedAccess = 401002,
    IotHubUnauthorized = 401003,
    DeviceNotFound = 404001,
    JobNotFound = 404002,

    /// <inheritdoc cref="ConfigurationNotFound"/>
    DeviceMessageLockLost = 412002,
    ModuleNotFound = 404010,

    /// <summary>That the service has such an error is certain, its number is not.</summary>
    ConfigurationNotFound = 404011,
    DeviceAlreadyExists = 409001,

    /// <inheritdoc cref="ConfigurationNotFound"/>
    JobAlreadyExists = 409003,

    /// <inheritdoc cref="ConfigurationNotFound"/>
    ConfigurationAlreadyExists = 409011,
    ModuleAlreadyExistsOnDevice = 409301,
    PreconditionFailed = 412001,
    TooManyDevices = 413002,
    ThrottlingException = 429001,
    ServerError = 500001,

    /// <summary>Not a code of the service: what it may well do, and this sandbox does not.</summary>
    NotSimulated = 501000,
    ServiceUnavailable = 503001,
}

/// <summary>A request that the hub refuses.</summary>
internal sealed class HubRefusal(HubError error, string text) : Exception(text)
{
    public HubError Error { get; } = error;

    public static HubRefusal NotSimulated(string what) => new(HubError.NotSimulated, $"Not simulated by the sandbox: {what}.");
}
