using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>Saves and reads plan files.</summary>
internal static class PlanFile
{
    /// <summary>What is larger is not read.</summary>
    public const long LargestFile = 1L << 30;

    /// <summary>The file of the items that do not stand in a plan.</summary>
    public static string ItemsPathOf(string planPath) => $"{planPath}.items";

    public static async Task<ErasurePlan> SaveAsync(ErasurePlan plan, string path, CancellationToken cancellationToken)
    {
        // Where there is a plan, its items are there.
        cancellationToken.ThrowIfCancellationRequested();
        bool hasItems = PlanItems.HasAny(plan);
        if (hasItems)
            await SaveAsync(file => PlanItems.Write(plan, file), ItemsPathOf(path), FaultCatalogue.PlanNotSaved);
        try
        {
            await SaveAsync(file => PlanDocument.Write(plan, file), path, FaultCatalogue.PlanNotSaved);
        }
        catch (DsrException) when (hasItems)
        {
            // They name devices, and nothing leads to them.
            File.Delete(ItemsPathOf(path));
            throw;
        }

        return plan with
        {
            Path = path,
        };
    }

    private static async Task SaveAsync(Action<Stream> write, string path, FaultDefinition failure)
    {
        try
        {
            await PrivateFiles.SaveAsync(path, write);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DsrException(failure.For(path, exception.Message), exception);
        }
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
        foreach (string file in (string[])[path, ItemsPathOf(path)])
        {
            if (Path.Exists(file))
                throw FaultCatalogue.PlanNotSaved.Exception(file, "it already exists.");
        }
    }

    public static async Task<ErasurePlan> ReadAsync(string path, CancellationToken cancellationToken) =>
        WithItems(PlanDocument.Read(path, await ReadBytesAsync(path, cancellationToken)), path);

    /// <summary>The plan with the items that stand beside it; without them where there is no such file.</summary>
    public static ErasurePlan WithItems(ErasurePlan plan, string path)
    {
        if (!PlanItems.AreMissing(plan))
            return plan;
        string itemsPath = ItemsPathOf(path);
        try
        {
            using FileStream file = File.OpenRead(itemsPath);
            return PlanItems.Read(plan, itemsPath, file);
        }
        catch (FileNotFoundException)
        {
            return plan;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DsrException(FaultCatalogue.InvalidPlan.For(itemsPath, exception.Message), exception);
        }
    }

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
