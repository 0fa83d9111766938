using System.Runtime.InteropServices;

namespace IotHubDsr.Shell.Terminals;

/// <summary>Consoles of Windows understand escape sequences only after they were told to; all others always do.</summary>
internal static class WindowsTerminal
{
    private const int StandardOutput = -11;
    private const uint VirtualTerminalProcessing = 0x4;

    public static bool EnablesEscapeSequences()
    {
        if (!OperatingSystem.IsWindows())
            return true;
        nint output = GetStdHandle(StandardOutput);
        return GetConsoleMode(output, out uint mode) && SetConsoleMode(output, mode | VirtualTerminalProcessing);
    }

    [DllImport("kernel32.dll"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint GetStdHandle(int handle);

    [DllImport("kernel32.dll"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern bool GetConsoleMode(nint handle, out uint mode);

    [DllImport("kernel32.dll"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern bool SetConsoleMode(nint handle, uint mode);
}
