using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>Saves and reads plan files.</summary>
internal static class PlanFile
{
    /// <summary>What is larger is not read.</summary>
    public const long LargestFile = 1L << 30;

    public static async Task<ErasurePlan> SaveAsync(ErasurePlan plan, string path, CancellationToken cancellationToken)
    {
        await SaveAsync(PlanDocument.Write(plan), path, FaultCatalogue.PlanNotSaved, cancellationToken);
        return plan with { Path = path };
    }

    /// <summary>Saves a file under a temporary name, on the disk, and renames it; a file that exists is never overwritten.</summary>
    public static async Task SaveAsync(byte[] content, string path, FaultDefinition failure, CancellationToken cancellationToken)
    {
        try
        {
            await PrivateFiles.SaveAsync(path, content, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DsrException(failure.For(path, exception.Message), exception);
        }
    }

    /// <summary>Refuses an existing path before anything is read for the plan.</summary>
    public static void RequireFree(string path)
    {
        if (Path.Exists(path))
            throw FaultCatalogue.PlanNotSaved.Exception(path, "it already exists.");
    }

    public static async Task<ErasurePlan> ReadAsync(string path, CancellationToken cancellationToken) =>
        PlanDocument.Read(path, await ReadBytesAsync(path, cancellationToken));

    /// <summary>The bytes of a plan's file, so that what is approved and what is run are the same ones.</summary>
    public static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
                throw FaultCatalogue.InvalidPlan.Exception(path, "it is larger than any plan.");
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DsrException(FaultCatalogue.InvalidPlan.For(path, exception.Message), exception);
        }
    }
}
