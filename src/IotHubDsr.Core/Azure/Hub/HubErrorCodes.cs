using System.Collections.Frozen;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>IoT Hub's error codes: the first three digits are the HTTP status they belong to.</summary>
internal static class HubErrorCodes
{
    public const int HubNotFound = 401001;
    public const int HubSuspended = 403001;
    public const int HubQuotaExceeded = 403002;
    public const int DeviceNotFound = 404001;
    public const int ModuleNotFound = 404010;
    public const int PreconditionFailed = 412001;

    private static readonly FrozenDictionary<string, int> ByName = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["InvalidProtocolVersion"] = 400001,
        ["InvalidOperation"] = 400003,
        ["ArgumentInvalid"] = 400004,
        ["ArgumentNull"] = 400005,
        ["IotHubFormatError"] = 400006,
        ["BlobContainerValidationError"] = 400008,
        ["ImportWarningExistsError"] = 400009,
        ["DeviceDefinedMultipleTimes"] = 400011,
        ["DeserializationError"] = 400012,
        ["BulkRegistryOperationFailure"] = 400013,
        ["IotHubNotFound"] = HubNotFound,
        ["IotHubUnauthorizedAccess"] = 401002,
        ["IotHubUnauthorized"] = 401003,
        ["IotHubSuspended"] = HubSuspended,
        ["IotHubQuotaExceeded"] = HubQuotaExceeded,
        ["JobQuotaExceeded"] = 403003,
        ["DeviceMaximumQueueDepthExceeded"] = 403004,
        ["DeviceNotFound"] = DeviceNotFound,
        ["JobNotFound"] = 404002,
        ["ModuleNotFound"] = ModuleNotFound,
        ["DeviceNotOnline"] = 404103,
        ["DeviceAlreadyExists"] = 409001,
        ["ModuleAlreadyExistsOnDevice"] = 409301,
        ["PreconditionFailed"] = PreconditionFailed,
        ["DeviceMessageLockLost"] = 412002,
        ["MessageTooLarge"] = 413001,
        ["TooManyDevices"] = 413002,
        ["ThrottlingException"] = 429001,
        ["ThrottleBacklogLimitExceeded"] = 429002,
        ["ThrottlingBacklogTimeout"] = 429003,
        ["ThrottlingMaxActiveJobCountExceeded"] = 429004,
        ["DeviceThrottlingLimitExceeded"] = 429005,
        ["ServerError"] = 500001,
        ["ServiceUnavailable"] = 503001,
        ["PartitionNotFound"] = 503003,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<int, string> ByCode = ByName.ToFrozenDictionary(
        static pair => pair.Value,
        static pair => pair.Key
    );

    public static int? CodeOf(string name) => ByName.TryGetValue(name, out int code) ? code : null;

    public static string? NameOf(int code) => ByCode.GetValueOrDefault(code);

    /// <summary>A code such as 404000 repeats the status and says nothing of its own.</summary>
    public static bool IsGeneric(int code) => code % 1000 == 0;
}
