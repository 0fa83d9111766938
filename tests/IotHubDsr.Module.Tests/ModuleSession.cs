using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IotHubDsr.Module.Tests;

/// <summary>A runspace with the staged module imported, as a user has it, and a sandbox to work on if the test asks for one.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;
    private SandboxControl? _sandbox;

    private ModuleSession()
    {
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Limit-Output", typeof(LimitOutputCommand), helpFileName: null));
        state.Commands.Add(new SessionStateCmdletEntry("Watch-Stop", typeof(WatchStopCommand), helpFileName: null));
        _runspace = RunspaceFactory.CreateRunspace(Host, state);
        _runspace.Open();
        Run("param($path) Import-Module $path", RepositoryPaths.Manifest);
    }

    public RecordingHost Host { get; } = new();

    /// <summary>The control interface of the sandbox that the session is connected to.</summary>
    public SandboxControl Sandbox => _sandbox ?? throw new InvalidOperationException("The session has no sandbox.");

    /// <summary>The object that Start-IotHubSandbox returned.</summary>
    public PSObject SandboxObject => Sandbox.Source;

    /// <summary>A session with the module and nothing else.</summary>
    public static ModuleSession Open() => new();

    /// <summary>A session with a sandbox of its own.</summary>
    public static ModuleSession WithSandbox(int seed = 1, int scale = 1)
    {
        var session = new ModuleSession();
        PSObject sandbox = session
            .Run("param($seed, $scale) $sandbox = Start-IotHubSandbox -Seed $seed -Scale $scale; $sandbox", seed, scale)
            .Single();
        session._sandbox = new SandboxControl(sandbox);
        return session;
    }

    /// <summary>A session that is connected to a sandbox of its own; the request log begins after the connection.</summary>
    public static ModuleSession Connected(int seed = 1, int scale = 1)
    {
        ModuleSession session = WithSandbox(seed, scale);
        session.Run("$context = Connect-IotHubDsr -Sandbox $sandbox");
        session.Sandbox.ClearLog();
        return session;
    }

    /// <summary>Runs a script with values for its <c>param()</c> block, and fails on any error.</summary>
    public ModuleOutcome Run(string script, params object?[] arguments)
    {
        ModuleOutcome outcome = TryRun(script, arguments);
        if (outcome.Errors.Count > 0)
        {
            Assert.Fail(
                string.Join(
                    '\n',
                    outcome.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error} {error.Exception.InnerException}")
                )
            );
        }

        return outcome;
    }

    /// <summary>Runs a script that may fail.</summary>
    public ModuleOutcome TryRun(string script, params object?[] arguments) => Start(script, arguments).End();

    /// <summary>Begins a script on another thread, to watch or to stop it.</summary>
    public RunningScript Start(string script, params object?[] arguments) => new(_runspace, script, arguments);

    public void Dispose()
    {
        if (_sandbox is not null)
        {
            TryRun("Stop-IotHubSandbox $sandbox");
            _sandbox.Dispose();
        }

        _runspace.Dispose();
    }
}
