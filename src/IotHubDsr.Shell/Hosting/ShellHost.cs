using System.Globalization;
using System.Management.Automation.Host;

namespace IotHubDsr.Shell.Hosting;

/// <summary>What the PowerShell engine sees of this process.</summary>
internal sealed class ShellHost(ShellUserInterface userInterface, Action enterNestedPrompt, Action exitNestedPrompt) : PSHost
{
    public override string Name => "IotHubDsrShell";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => userInterface;

    /// <summary>Set by <c>exit</c>: the session ends with this code.</summary>
    public int? RequestedExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    public override void EnterNestedPrompt() => enterNestedPrompt();

    public override void ExitNestedPrompt() => exitNestedPrompt();

    // A native program shares this terminal: there is no state to save for it.
    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
