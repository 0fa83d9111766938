namespace IotHubDsr.Module.Tests;

/// <summary>A connected session for the tests of a class that change nothing.</summary>
public sealed class ConnectedSession : IDisposable
{
    internal ModuleSession Session { get; } = ModuleSession.Connected();

    public void Dispose() => Session.Dispose();
}
