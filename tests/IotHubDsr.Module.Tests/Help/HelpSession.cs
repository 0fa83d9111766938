using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IotHubDsr.Module.Tests.Help;

/// <summary>A runspace with the staged module, for questions about what it tells of itself.</summary>
public sealed class HelpSession : IDisposable
{
    private readonly Runspace _runspace;

    public HelpSession()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.ImportPSModule([Path.Combine(Root, "IotHubDsr.psd1")]);
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        Commands = [.. Invoke("Get-Command -Module IotHubDsr").Select(static command => (CmdletInfo)command.BaseObject)];
    }

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Locate();

    /// <summary>The commands that the module exports.</summary>
    internal IReadOnlyList<CmdletInfo> Commands { get; }

    /// <summary>Runs a script; any error fails the test.</summary>
    internal Collection<PSObject> Invoke(string script, params object[] arguments)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (object argument in arguments)
            shell.AddArgument(argument);
        Collection<PSObject> output = shell.Invoke();
        Assert.Empty(shell.Streams.Error);
        return output;
    }

    public void Dispose() => _runspace.Dispose();

    private static string Locate()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "IotHubDsr.sln")))
            root = root.Parent;
        return root?.FullName ?? throw new DirectoryNotFoundException("The tests do not run below the solution.");
    }
}
