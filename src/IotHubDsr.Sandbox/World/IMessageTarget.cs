namespace IotHubDsr.Sandbox.World;

/// <summary>A routing endpoint that takes each message at once.</summary>
internal interface IMessageTarget
{
    /// <summary>The name of the endpoint, as routes have it.</summary>
    string Endpoint { get; }

    void Accept(RoutedMessage message);
}
