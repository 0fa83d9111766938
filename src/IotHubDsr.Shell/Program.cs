using System.Runtime.InteropServices;
using IotHubDsr.Shell.CommandLine;
using IotHubDsr.Shell.Sessions;

namespace IotHubDsr.Shell;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            ShellOptions options = ShellCommandLine.Parse(arguments);
            if (!options.Help)
                return Run(options);
            Console.Out.WriteLine(ShellCommandLine.Usage);
            return ExitCodes.Success;
        }
        catch (UsageException error)
        {
            Console.Error.WriteLine(error.Message + Environment.NewLine + Environment.NewLine + ShellCommandLine.Usage);
            return ExitCodes.WrongCommandLine;
        }
        catch (SessionStartException error)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCodes.CannotStart;
        }
    }

    private static int Run(ShellOptions options)
    {
        // Whoever answers a data subject request does not report to anybody while doing so. Read when the engine is loaded.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        using var session = new ShellSession(options);
        using PosixSignalRegistration interrupt = Handle(PosixSignal.SIGINT, session.Interrupt);
        using PosixSignalRegistration terminate = Handle(PosixSignal.SIGTERM, session.Terminate);
        using PosixSignalRegistration hangUp = Handle(PosixSignal.SIGHUP, session.Terminate);
        return session.Run();
    }

    /// <summary>The process ends when its session does, never in the middle of a command: only the command may be cut short.</summary>
    private static PosixSignalRegistration Handle(PosixSignal signal, Action act) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            act();
        });
}
