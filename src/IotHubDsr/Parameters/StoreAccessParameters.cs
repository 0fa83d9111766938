namespace IotHubDsr.Parameters;

/// <summary>Where requests are, and the connection. A store in a folder takes no connection; one in a blob container does.</summary>
internal sealed class StoreAccessParameters
{
    [Composed]
    public ContextParameters Connection { get; } = new();

    [Composed]
    public StoreParameters Store { get; } = new();
}
