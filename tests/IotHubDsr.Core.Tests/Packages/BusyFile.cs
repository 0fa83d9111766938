using System.Diagnostics;

namespace IotHubDsr.Core.Tests.Packages;

/// <summary>A file that this process is still writing, as another program finds it on the disk.</summary>
internal static class BusyFile
{
    public static byte[] Read(string path)
    {
        string copy = $"{Path.GetTempFileName()}.copy";
        try
        {
            using var tool = Process.Start("cp", [path, copy]);
            tool.WaitForExit();
            Assert.Equal(0, tool.ExitCode);
            return File.ReadAllBytes(copy);
        }
        finally
        {
            File.Delete(copy);
            File.Delete(Path.ChangeExtension(copy, null));
        }
    }
}
