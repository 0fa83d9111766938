namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>
/// The certificates of a request, each of which names the one before it: re-verification adds a statement and never changes one. Of those
/// that are shown together, each that claims to follow another must be of the same request and later, and be the only one to do so.
/// </summary>
internal static class CertificateChain
{
    /// <summary>The checks, with what the other files add to them.</summary>
    public static IReadOnlyList<ErasureCertificateCheck> Link(IReadOnlyList<ErasureCertificateCheck> checks)
    {
        Dictionary<string, ErasureCertificateCheck> byDigest = new(StringComparer.Ordinal);
        foreach (ErasureCertificateCheck check in checks.Where(check => check.IsValid))
            byDigest.TryAdd(check.Digest!, check);
        ILookup<string, ErasureCertificateCheck> rivals = byDigest.Values.ToLookup(PlaceOf);
        return
        [
            .. checks.Select(check =>
                check switch
                {
                    { IsValid: false } => check,
                    _ when rivals[PlaceOf(check)].Any(rival => rival.Digest != check.Digest && WeightOf(rival) >= WeightOf(check)) =>
                        Broken(check, "Another certificate claims the same place in the chain of the request."),
                    { Follows: null } => check,
                    _ => Link(check, byDigest.GetValueOrDefault(check.Follows)),
                }
            ),
        ];
    }

    /// <summary>What only one certificate can follow: another one, or the beginning of its request.</summary>
    private static string PlaceOf(ErasureCertificateCheck check) => check.Follows ?? $"request {check.RequestId}";

    /// <summary>
    /// Whose validity a claim can affect: an unsigned one, which anyone could have made, says nothing against a signed one.
    /// </summary>
    private static int WeightOf(ErasureCertificateCheck check) =>
        check.IsTrusted ? 2
        : check.IsSigned ? 1
        : 0;

    private static ErasureCertificateCheck Link(ErasureCertificateCheck check, ErasureCertificateCheck? before) =>
        before switch
        {
            null => check with { IsPredecessorShown = false },
            _ when before.RequestId != check.RequestId => Broken(check, "The certificate that it follows belongs to another request."),
            _ when before.IssuedAt > check.IssuedAt => Broken(check, "The certificate that it follows was issued later."),
            _ => check with { IsPredecessorShown = true },
        };

    private static ErasureCertificateCheck Broken(ErasureCertificateCheck check, string reason) =>
        check with
        {
            IsValid = false,
            Reason = reason,
        };
}
