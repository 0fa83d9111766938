using System.Runtime.CompilerServices;

namespace IotHubDsr.Module.Tests;

/// <summary>The requests of all tests stand in one folder that ends with the tests, and not in that of whoever runs them.</summary>
internal static class RequestStoreOfTests
{
    public static string Path { get; } = Directory.CreateTempSubdirectory("iothubdsr-requests-").FullName;

    [ModuleInitializer]
    internal static void Use()
    {
        Environment.SetEnvironmentVariable("IOTHUBDSR_REQUEST_STORE", Path);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Path, recursive: true);
    }
}
