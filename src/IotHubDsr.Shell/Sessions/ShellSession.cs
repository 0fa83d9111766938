using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using IotHubDsr.Shell.CommandLine;
using IotHubDsr.Shell.Hosting;
using IotHubDsr.Shell.Terminals;

namespace IotHubDsr.Shell.Sessions;

/// <summary>One session, from the opened runspace to its exit code.</summary>
internal sealed class ShellSession : IDisposable
{
    private readonly ShellOptions _options;
    private readonly ShellUserInterface _userInterface;
    private readonly ShellHost _host;
    private readonly PipelineRunner _runner;
    private readonly CommandLoop _loop;
    private readonly Runspace _runspace;
    private volatile bool _terminating;

    public ShellSession(ShellOptions options)
    {
        _options = options;
        var output = new ConsoleOutput();
        var input = new ConsoleInput(output);
        if (Environment.GetEnvironmentVariable("NO_COLOR") is not null)
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

        _runner = new PipelineRunner(() => _runspace!, () => _userInterface!.ClearProgress());
        var prompts = new PromptReader(input, output, options.NonInteractive, () => _runner.Interrupted);
        _userInterface = new ShellUserInterface(output, prompts);
        _loop = new CommandLoop(_runner, input, output, Report, () => _terminating || _host!.RequestedExitCode is not null);
        _host = new ShellHost(_userInterface, _loop.RunNested, _loop.LeaveNested);
        _runspace = Open(_host, options);
    }

    /// <summary>Stops what is running; the session goes on, if it is an interactive one.</summary>
    public void Interrupt() => _runner.Stop();

    /// <summary>Stops what is running and ends the session.</summary>
    public void Terminate()
    {
        _terminating = true;
        _runner.Close();
    }

    /// <summary>Runs what the command line asks for.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        bool failed = false;
        if (_options.ScriptPath is { } script)
        {
            ScriptExit.EndsSession(_runspace);
            failed = !Completes(() => _runner.RunScript(script, _options.ScriptArguments));
        }
        else if (_options.Command is { } command)
        {
            failed = !Completes(() => _runner.RunText(command, addToHistory: true));
        }
        else
        {
            _loop.Run(_options);
        }

        if (_terminating)
            return ExitCodes.Terminated;
        return _host.RequestedExitCode ?? (failed || !_runner.LastStatementSucceeded ? ExitCodes.Failure : ExitCodes.Success);
    }

    public void Dispose()
    {
        _runspace.Dispose();
        _runner.Dispose();
    }

    // An interrupted script is a failed one, as an interrupted command is: CI must not take half an erasure for a whole one.
    private bool Completes(Func<bool> run)
    {
        try
        {
            return run();
        }
        catch (RuntimeException error)
        {
            Report(error);
            return false;
        }
    }

    private void Report(RuntimeException error)
    {
        // The engine's view of errors shows nothing of this one, which has no position.
        if (error is IncompleteParseException)
            _userInterface.WriteErrorLine($"{PSStyle.Instance.Formatting.Error}ParserError: {error.Message}{PSStyle.Instance.Reset}");
        else
            _userInterface.ShowError(() => _runner.Show(error));
    }

    private static Runspace Open(PSHost host, ShellOptions options)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;

        // The policy that pwsh is shipped with on Windows; elsewhere there are none.
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        if (!options.NoModule)
            state.ImportPSModule([options.ModulePath ?? ModuleLocator.Nearest(AppContext.BaseDirectory)]);
        Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        try
        {
            runspace.Open();
        }
        catch (RuntimeException error)
        {
            // Its thread would keep the process alive.
            runspace.Dispose();
            throw new SessionStartException($"The session cannot be started: {error.Message}", error);
        }

        return runspace;
    }
}
