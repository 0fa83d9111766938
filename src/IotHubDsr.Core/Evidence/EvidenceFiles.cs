namespace IotHubDsr.Evidence;

/// <summary>
/// The files of a request. What names a person stands under <see cref="Private"/> and nowhere else, so that it can be destroyed without
/// touching the journal and the certificates.
/// </summary>
internal static class EvidenceFiles
{
    public const string Private = "private/";
    public const string Key = Private + "key";
    public const string Subjects = Private + "subjects.json";

    /// <summary>The plan with a digest.</summary>
    public static string Plan(string digest) => $"{Private}plan-{digest["sha256:".Length..]}.json";

    /// <summary>A free text, under its keyed hash.</summary>
    public static string Text(string hash) => $"{Private}text-{hash}";

    public static string Certificate(int number) => $"certificates/{number:D4}.dsse.json";
}
