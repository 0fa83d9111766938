using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Help;

/// <summary>
/// A session for questions about what the module tells of itself; it changes nothing, so that the tests of a class share it.
/// </summary>
public sealed class HelpSession : IDisposable
{
    private readonly ModuleSession _session = ModuleSession.Open();

    public HelpSession() => Commands = [.. Run("Get-Command -Module IotHubDsr").Select(static command => (CmdletInfo)command.BaseObject)];

    /// <summary>The commands that the module exports.</summary>
    internal IReadOnlyList<CmdletInfo> Commands { get; }

    /// <summary>Runs a script with values for its <c>param()</c> block; any error fails the test.</summary>
    internal IReadOnlyList<PSObject> Run(string script, params object[] arguments) => _session.Run(script, arguments).Output;

    public void Dispose() => _session.Dispose();
}
