using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Runs a command again as a thread job of the session. The job ends with the session; stopping it stops the command as Ctrl-C does, which
/// joins its workers. What -WhatIf says goes to no stream but to the host, which a job has not: it is lent that of the session.
/// </summary>
internal static class CommandJob
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

    /// <summary>Starts the job, and gives it. A job cannot ask.</summary>
    /// <param name="command">The command.</param>
    /// <param name="asks">Whether the command asks by default.</param>
    /// <param name="parameters">What the job is given besides what was given to the command; null takes a parameter away.</param>
    public static void Start(DsrCommand command, bool asks, params (string Name, object? Value)[] parameters)
    {
        Dictionary<string, object> bound = command.MyInvocation.BoundParameters;
        bool isConfirmed = bound.TryGetValue("Confirm", out object? confirm);
        bool isForced = bound.TryGetValue("Force", out object? force) && LanguagePrimitives.IsTrue(force);
        bool isWhatIf = command.IsWhatIf();
        if (!isWhatIf && (isConfirmed ? LanguagePrimitives.IsTrue(confirm) : asks && !isForced))
            command.Throw(FaultCatalogue.JobCannotAsk.For(command.MyInvocation.MyCommand.Name));
        Hashtable given = ParametersOf(command, isWhatIf);
        foreach ((string name, object? value) in parameters)
        {
            given.Remove(name);
            if (value is not null)
                given[name] = value;
        }

        command.WriteObject(Start(command, given), enumerateCollection: true);
    }

    /// <summary>
    /// What was given to the command, but for what came from the pipeline; a job that is asked to say what it would do does the same.
    /// </summary>
    private static Hashtable ParametersOf(DsrCommand command, bool isWhatIf)
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

    private static Collection<PSObject> Start(DsrCommand command, Hashtable parameters) =>
        command.InvokeCommand.InvokeScript(
            command.SessionState,
            ScriptBlock.Create(Script),
            command.MyInvocation.MyCommand.Name,
            typeof(CommandJob).Assembly.Location,
            command.SessionState.Path.CurrentLocation.Path,
            command.MyInvocation.MyCommand.Name,
            parameters
        );
}
