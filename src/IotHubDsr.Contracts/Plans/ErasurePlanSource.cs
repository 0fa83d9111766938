namespace IotHubDsr;

/// <summary>Where a plan is: in a file, or in memory as an <see cref="ErasurePlan"/>. Text and files convert to it.</summary>
public record ErasurePlanSource
{
    /// <summary>A plan in a file.</summary>
    /// <param name="path">Path of the file.</param>
    public ErasurePlanSource(string path) => Path = path;

    /// <summary>A plan in a file.</summary>
    /// <param name="file">The file.</param>
    public ErasurePlanSource(FileInfo file) => Path = file.FullName;

    private protected ErasurePlanSource() { }

    /// <summary>Path of the file that the plan was saved to or read from; null when there is none.</summary>
    public string? Path { get; init; }
}
