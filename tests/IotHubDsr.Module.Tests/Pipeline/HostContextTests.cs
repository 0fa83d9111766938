using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IotHubDsr.Module.Tests.Pipeline;

/// <summary>A host with a window runs pipelines on the thread that its synchronization context posts to.</summary>
public sealed class HostContextTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public void Commands_OnAThreadWhoseContextRunsNothingMeanwhile_End()
    {
        Collection<PSObject>? found = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new BusyContext());
            failure = Record.Exception(() => found = Run());
        });

        // The test ends also when the command does not.
        thread.IsBackground = true;
        thread.Start();

        Assert.True(thread.Join(Patience), "The command waits for its own thread.");
        Assert.Null(failure);
        Assert.NotEmpty(found!);
    }

    private static Collection<PSObject> Run()
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell
            .AddScript(
                """
                param($Module)
                Import-Module $Module
                $sandbox = Start-IotHubSandbox
                try {
                    $null = Connect-IotHubDsr -Sandbox $sandbox
                    Get-IotDeviceDataFootprint th-001
                }
                finally {
                    Stop-IotHubSandbox -Sandbox $sandbox
                }
                """
            )
            .AddArgument(RepositoryPaths.Manifest);
        Collection<PSObject> found = shell.Invoke();
        Assert.Empty(shell.Streams.Error);
        return found;
    }

    /// <summary>The context of a thread that is busy: what is posted to it is never run.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) { }

        public override SynchronizationContext CreateCopy() => this;
    }
}
