using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IotHubDsr.Shell.Sessions;

/// <summary>
/// Runs one pipeline at a time (and those nested in it), renders what it emits as it comes, and stops it from any thread.
/// </summary>
internal sealed class PipelineRunner(Func<Runspace> runspace, Action pipelineEnded) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<Pipeline> _running = new();
    private CancellationTokenSource _interrupt = new();
    private bool _closed;

    /// <summary>Cancelled when the running pipeline is to stop: a prompt that waits for an answer gives up.</summary>
    public CancellationToken Interrupted
    {
        get
        {
            lock (_gate)
                return _interrupt.Token;
        }
    }

    public bool LastStatementSucceeded
    {
        get
        {
            try
            {
                return LanguagePrimitives.IsTrue(Evaluate("$global:?"));
            }
            catch (RuntimeException)
            {
                return false;
            }
        }
    }

    /// <summary>Runs and renders a command line.</summary>
    /// <returns>False if it was stopped.</returns>
    /// <exception cref="RuntimeException">The pipeline ended with a terminating error, not yet rendered.</exception>
    public bool RunText(string text, bool addToHistory)
    {
        using Pipeline pipeline = Create(text, addToHistory);
        return Render(pipeline);
    }

    /// <summary>Runs and renders a script file.</summary>
    /// <returns>False if it was stopped.</returns>
    /// <exception cref="RuntimeException">The script ended with a terminating error, not yet rendered.</exception>
    public bool RunScript(string path, IEnumerable<CommandParameter> arguments)
    {
        var command = new Command(path, isScript: false, useLocalScope: false);
        foreach (CommandParameter argument in arguments)
            command.Parameters.Add(argument);
        using Pipeline pipeline = Create();
        pipeline.Commands.Add(command);
        return Render(pipeline);
    }

    /// <summary>Runs a command line whose first result is for the shell itself.</summary>
    public PSObject? Evaluate(string text)
    {
        using Pipeline pipeline = Create(text, addToHistory: false);
        return Invoke(pipeline) is [{ } first, ..] ? first : null;
    }

    /// <summary>Shows an error by the engine's views and preferences.</summary>
    public void Show(RuntimeException error)
    {
        using Pipeline pipeline = Create();
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        pipeline.Input.Write(error.ErrorRecord);
        Invoke(pipeline);
    }

    /// <summary>Asks the innermost pipeline to stop. Returns at once; safe in a signal handler, and when repeated.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_running.TryPeek(out Pipeline? pipeline))
                pipeline.StopAsync();
            _interrupt.Cancel();
        }
    }

    /// <summary>Stops, and runs nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Stop();
        }
    }

    /// <summary>Forgets an interruption that has had its effect. From here on, prompts wait again.</summary>
    public void Rearm()
    {
        lock (_gate)
        {
            if (_closed || !_interrupt.IsCancellationRequested)
                return;
            _interrupt.Dispose();
            _interrupt = new CancellationTokenSource();
        }
    }

    public void Dispose() => _interrupt.Dispose();

    private Pipeline Create() =>
        _running.Count == 0 ? runspace().CreatePipeline() : runspace().CreateNestedPipeline();

    private Pipeline Create(string text, bool addToHistory) =>
        _running.Count == 0 ? runspace().CreatePipeline(text, addToHistory) : runspace().CreateNestedPipeline(text, addToHistory);

    private bool Render(Pipeline pipeline)
    {
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        Invoke(pipeline);
        return pipeline.PipelineStateInfo.State != PipelineState.Stopped;
    }

    private Collection<PSObject> Invoke(Pipeline pipeline)
    {
        lock (_gate)
        {
            if (_closed)
                return [];
            if (_running.Count == 0)
                Rearm();
            _running.Push(pipeline);
        }

        try
        {
            return pipeline.Invoke();
        }
        catch (InvalidPipelineStateException) when (pipeline.PipelineStateInfo.State == PipelineState.Stopped)
        {
            // It was stopped before it had started.
            return [];
        }
        finally
        {
            lock (_gate)
                _running.Pop();
            pipelineEnded();
        }
    }
}
