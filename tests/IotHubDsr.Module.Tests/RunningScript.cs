using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IotHubDsr.Module.Tests;

/// <summary>A script that runs in a session.</summary>
internal sealed class RunningScript
{
    /// <summary>Far beyond what any script of a test needs: one that has not ended by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly PowerShell _powerShell = PowerShell.Create();
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly IAsyncResult _invocation;

    public RunningScript(Runspace runspace, string script, object?[] arguments)
    {
        _powerShell.Runspace = runspace;
        _powerShell.AddScript(script);
        foreach (object? argument in arguments)
            _powerShell.AddArgument(argument);
        var input = new PSDataCollection<PSObject>();
        input.Complete();
        _invocation = _powerShell.BeginInvoke(input, _output);
    }

    public bool IsRunning => !_invocation.IsCompleted;

    /// <summary>What Ctrl-C does; returns when the pipeline has ended.</summary>
    public void Stop() => _powerShell.Stop();

    /// <summary>Waits for the end.</summary>
    public ModuleOutcome End()
    {
        ErrorRecord? terminating = null;
        try
        {
            Assert.True(_invocation.AsyncWaitHandle.WaitOne(Patience), "The script does not end.");
            _powerShell.EndInvoke(_invocation);
        }
        catch (PipelineStoppedException)
        {
            // Whoever has stopped it knows.
        }
        catch (RuntimeException exception)
        {
            terminating = exception.ErrorRecord;
        }

        using (_powerShell)
        {
            PSDataStreams streams = _powerShell.Streams;
            return new ModuleOutcome(
                [.. _output],
                terminating is null ? [.. streams.Error] : [.. streams.Error, terminating],
                [.. streams.Warning.Select(record => record.Message)],
                [.. streams.Verbose.Select(record => record.Message)],
                [.. streams.Debug.Select(record => record.Message)],
                [.. streams.Information.Select(record => $"{record}")],
                [.. streams.Progress]
            )
            {
                Terminating = terminating,
            };
        }
    }
}
