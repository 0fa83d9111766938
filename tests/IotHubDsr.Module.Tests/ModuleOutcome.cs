using System.Management.Automation;

namespace IotHubDsr.Module.Tests;

/// <summary>What a script has written to each of PowerShell's streams.</summary>
internal sealed record ModuleOutcome(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Debug,
    IReadOnlyList<string> Information,
    IReadOnlyList<ProgressRecord> Progress
)
{
    /// <summary>The error that ended the script; it is among <see cref="Errors"/> as well.</summary>
    public ErrorRecord? Terminating { get; init; }

    /// <summary>The catalogued IDs of the errors: what stands before the name of the command in FullyQualifiedErrorId.</summary>
    public IEnumerable<string> ErrorIds => Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]);

    /// <summary>Everything in words, for a search for what must not be there.</summary>
    public string AllText =>
        string.Join(
            '\n',
            [
                .. Output.Select(value => value.ToString()),
                .. Errors.SelectMany(error =>
                    (string[])[error.ToString(), error.Exception.ToString(), $"{error.ErrorDetails}", $"{error.TargetObject}"]
                ),
                .. Warnings,
                .. Verbose,
                .. Debug,
                .. Information,
                .. Progress.SelectMany(record => (string[])[record.Activity, record.StatusDescription, $"{record.CurrentOperation}"]),
            ]
        );

    /// <summary>The one object of the output.</summary>
    public PSObject Single() => Assert.Single(Output);
}
