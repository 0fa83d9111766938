using System.Management.Automation.Runspaces;
using System.Reflection;

namespace IotHubDsr.Shell.Sessions;

/// <summary>
/// Makes <c>exit N</c> in a script file reach the host. Otherwise the engine takes it as the end of that file only, sets
/// <c>$LASTEXITCODE</c>, and a native command's exit code could not be told from the script's own.
/// </summary>
internal static class ScriptExit
{
    // The switch that pwsh itself sets for -File is not public. The engine is pinned and shipped with this shell.
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic;

    public static void EndsSession(Runspace runspace)
    {
        object? context = typeof(Runspace).GetProperty("ExecutionContext", Internal)?.GetValue(runspace);
        PropertyInfo? rethrow = context?.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Internal);
        if (rethrow is null)
            throw new MissingMemberException("This version of the PowerShell engine cannot report the exit code of a script.");
        rethrow.SetValue(context, true);
    }
}
