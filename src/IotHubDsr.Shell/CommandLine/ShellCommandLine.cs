namespace IotHubDsr.Shell.CommandLine;

/// <summary>Reads the command line by the rules of <c>pwsh</c>, of which it takes the part that makes sense here.</summary>
internal static class ShellCommandLine
{
    public const string Usage = """
        A PowerShell console with the IotHubDsr module loaded.

        Usage: IotHubDsr.Shell [options] [[-File] <script.ps1> [arguments]]
               IotHubDsr.Shell [options] -Command <text>
               IotHubDsr.Shell [options]

        Without a script and without -Command, commands are read from the terminal, or from standard input.

        -File, -f <script> [arguments]   Runs a script. What follows are the script's named, switch and positional arguments.
        -Command, -c <text>              Runs a command: all that follows, joined by spaces.
        -NonInteractive, -noni           Makes a prompt an error instead of asking.
        -NoLogo, -nol                    Starts an interactive session without its first line.
        -NoProfile, -nop                 Accepted for the sake of scripts written for pwsh: there are no profiles here.
        -Module <path>                   Loads this module or manifest instead of the nearest IotHubDsr.psd1.
        -NoModule                        Loads no module.
        -Help, -h, -?                    Shows this text.

        Exit codes: 0; 1 after a terminating error or, with -Command, when the last statement failed; N after 'exit N';
        64 for a wrong command line; 70 when the session cannot be started; 143 after SIGTERM.
        """;

    public static ShellOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ShellOptions();
        for (int index = 0; index < arguments.Count; index++)
        {
            string argument = arguments[index];
            switch (OptionName(argument))
            {
                case null:
                    return WithScript(options, arguments, index);
                case "file" or "f":
                    return WithScript(options, arguments, Following(arguments, index));
                case "command" or "c":
                    int first = Following(arguments, index);
                    return options with { Command = string.Join(' ', arguments.Skip(first)) };
                case "noninteractive" or "noni":
                    options = options with { NonInteractive = true };
                    break;
                case "nologo" or "nol":
                    options = options with { NoLogo = true };
                    break;
                case "noprofile" or "nop":
                    break;
                case "nomodule":
                    options = options with { NoModule = true };
                    break;
                case "module":
                    index = Following(arguments, index);
                    options = options with { ModulePath = Path.GetFullPath(arguments[index]) };
                    break;
                case "help" or "h" or "?":
                    return options with { Help = true };
                default:
                    throw new UsageException($"The option '{argument}' is not known.");
            }
        }

        return options;
    }

    private static string? OptionName(string argument)
    {
        if (argument.Length < 2 || argument[0] != '-')
            return null;
        return argument.TrimStart('-').ToLowerInvariant();
    }

    private static int Following(IReadOnlyList<string> arguments, int index) =>
        index + 1 < arguments.Count ? index + 1 : throw new UsageException($"The option '{arguments[index]}' needs a value.");

    private static ShellOptions WithScript(ShellOptions options, IReadOnlyList<string> arguments, int index)
    {
        string path = Path.GetFullPath(arguments[index]);
        if (!File.Exists(path))
            throw new UsageException($"The argument '{arguments[index]}' is not the name of a script file: there is no such file.");
        return options with { ScriptPath = path, ScriptArguments = CommandLine.ScriptArguments.Parse(arguments.Skip(index + 1)) };
    }
}
