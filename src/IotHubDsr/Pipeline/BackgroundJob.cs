using System.Collections;
using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Runs a command again as a thread job of the session. The job ends with the session; stopping it stops the command as Ctrl-C does, which
/// joins its workers. What -WhatIf says goes to no stream but to the host, which a job has not: it is lent that of the session.
/// </summary>
internal static class BackgroundJob
{
    private const string Script = """
        param($Name, $Module, $Location, $Command, $Parameters)
        $shown = if ($Parameters['WhatIf']) { @{ StreamingHost = $Host } } else { @{} }
        Start-ThreadJob @shown -Name $Name -ArgumentList $Module, $Location, $Command, $Parameters -ScriptBlock { param($Module, $Location, $Command, $Parameters)
            Import-Module $Module
            $null = $ExecutionContext.SessionState.Path.SetLocation($Location)
            # What ends the command ends the job: it has then failed, and is not completed.
            try { & $Command @Parameters } catch { throw }
        }
        """;

    private static readonly string[] OfTheCaller =
    [
        "AsJob",
        "OutVariable",
        "OutBuffer",
        "PipelineVariable",
        "ErrorVariable",
        "WarningVariable",
        "InformationVariable",
    ];

    /// <summary>
    /// What was given to the command, but for what came from the pipeline; a job that is asked to say what it would do does the same.
    /// </summary>
    public static Hashtable ParametersOf(PSCmdlet command, bool isWhatIf)
    {
        var parameters = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in command.MyInvocation.BoundParameters)
        {
            if (!OfTheCaller.Contains(name, StringComparer.OrdinalIgnoreCase))
                parameters[name] = value;
        }

        if (isWhatIf && command.MyInvocation.MyCommand.Parameters.ContainsKey("WhatIf"))
            parameters["WhatIf"] = true;
        return parameters;
    }

    /// <summary>Starts the job, and gives it.</summary>
    public static IEnumerable<PSObject> Start(PSCmdlet command, Hashtable parameters) =>
        command.InvokeCommand.InvokeScript(
            command.SessionState,
            ScriptBlock.Create(Script),
            command.MyInvocation.MyCommand.Name,
            typeof(BackgroundJob).Assembly.Location,
            command.SessionState.Path.CurrentLocation.Path,
            command.MyInvocation.MyCommand.Name,
            parameters
        );
}
