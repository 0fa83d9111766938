namespace IotHubDsr;

/// <summary>Options of every operation on a request store.</summary>
public abstract record RequestStoreOptions
{
    /// <summary>The connection; it is needed for a store that is a blob container. Null when there is none.</summary>
    public DsrContext? Context { get; init; }

    /// <summary>Full path of a folder or URI of a blob container; null for the store of the connection, or the default one.</summary>
    public string? Store { get; init; }
}
