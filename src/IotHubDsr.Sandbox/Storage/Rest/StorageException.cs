namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>A refusal by the service.</summary>
internal sealed record StorageError(int Status, string Code, string Message);

/// <summary>Ends an operation with an error of the service, before anything was changed.</summary>
internal sealed class StorageException(StorageError error, IReadOnlyDictionary<string, string>? details = null) : Exception(error.Message)
{
    public StorageError Error => error;

    /// <summary>Further elements of the error body, such as the header at fault.</summary>
    public IReadOnlyDictionary<string, string> Details { get; } = details ?? new Dictionary<string, string>();

    /// <summary>Headers the answer carries besides the error code.</summary>
    public Dictionary<string, string> Headers { get; } = [];
}
