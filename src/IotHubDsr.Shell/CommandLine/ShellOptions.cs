using System.Management.Automation.Runspaces;

namespace IotHubDsr.Shell.CommandLine;

/// <summary>What the command line asks for. Neither a command nor a script means an interactive session.</summary>
internal sealed record ShellOptions
{
    public string? Command { get; init; }

    public string? ScriptPath { get; init; }

    public IReadOnlyList<CommandParameter> ScriptArguments { get; init; } = [];

    /// <summary>A prompt is an error: nobody is there to answer it.</summary>
    public bool NonInteractive { get; init; }

    public bool NoLogo { get; init; }

    public bool NoModule { get; init; }

    public string? ModulePath { get; init; }

    public bool Help { get; init; }
}
