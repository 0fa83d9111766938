using System.Text;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

public sealed class CertificateChainTests
{
    private static readonly ErasureCertificateCheck First = Check(CertificateGen.Small);
    private static readonly ErasureCertificateCheck Second = Check(After(First, 1));
    private static readonly ErasureCertificateCheck Third = Check(After(Second, 2));

    [Fact]
    public void Link_WholeChainInAnyOrder_HoldsTogether()
    {
        IReadOnlyList<ErasureCertificateCheck> linked = CertificateChain.Link([Third, First, Second]);

        Assert.All(linked, check => Assert.True(check.IsValid));
        Assert.Equal([true, null, true], linked.Select(check => check.IsPredecessorShown));
    }

    [Fact]
    public void Link_OneIsMissing_SaysWhich()
    {
        IReadOnlyList<ErasureCertificateCheck> linked = CertificateChain.Link([First, Third]);

        Assert.All(linked, check => Assert.True(check.IsValid));
        Assert.Equal([null, false], linked.Select(check => check.IsPredecessorShown));
    }

    [Fact]
    public void Link_TwoFollowTheSame_NoneOfThemCounts()
    {
        ErasureCertificateCheck other = Check(After(First, 5));

        Assert.Equal([true, false, false], CertificateChain.Link([First, Second, other]).Select(check => check.IsValid));
    }

    [Fact]
    public void Link_TwoAreTheFirst_NoneOfThemCounts()
    {
        ErasureCertificateCheck other = Check(CertificateGen.Small with { ToolVersion = "0.2.0" });

        Assert.Equal([false, false], CertificateChain.Link([First, other]).Select(check => check.IsValid));
        Assert.Equal([true, true], CertificateChain.Link([First, First]).Select(check => check.IsValid));
    }

    [Fact]
    public void Link_RivalThatAnybodyCouldHaveMade_DiscreditsNoSignedOne()
    {
        ErasureCertificateCheck signed = Checks.Of(CertificateCheckTests.Issue(CertificateGen.Small, "p256"), []);
        ErasureCertificateCheck trusted = Checks.Of(
            CertificateCheckTests.Issue(CertificateGen.Small with { ToolVersion = "0.2.0" }, "rsa"),
            [TestX509.Of("rsa")]
        );

        Assert.Equal([false, true], CertificateChain.Link([First, signed]).Select(check => check.IsValid));
        Assert.Equal([false, false, true], CertificateChain.Link([First, signed, trusted]).Select(check => check.IsValid));
    }

    [Fact]
    public void Link_FollowsAnotherRequestOrALaterOne_IsNotValid()
    {
        ErasureCertificateCheck ofOther = Check(After(First, 1) with { RequestId = "other" });
        ErasureCertificateCheck earlier = Check(
            After(Second, -1) with
            {
                Locations = [.. CertificateGen.Small.Locations.Select(location => location with { ErasedAt = null, VerifiedAt = null })],
            }
        );
        Assert.True(earlier.IsValid, earlier.Reason);

        Assert.False(CertificateChain.Link([First, ofOther])[1].IsValid);
        Assert.False(CertificateChain.Link([First, Second, earlier])[2].IsValid);
    }

    [Fact]
    public void Journal_Unbroken_HasTheDigestOfEachLine()
    {
        (byte[] journal, string[] digests) = Journal(5);

        Assert.Equal(digests, JournalChain.Read([journal]).Keys.Order(StringComparer.Ordinal));
        int cut = Array.IndexOf(journal, (byte)'\n') + 1;
        Assert.Equal(digests, JournalChain.Read([journal.AsMemory(..cut), journal.AsMemory(cut..)]).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Journal_AnyByteChangedOrLineTakenOut_IsBroken()
    {
        (byte[] journal, string[] digests) = Journal(3);
        int end = Array.IndexOf(journal, (byte)'\n') + 1;

        Assert.Throws<FormatException>(() => JournalChain.Read([journal.AsMemory(end..)]));
        Assert.Equal(Journal(2).Digests, JournalChain.Read([journal.AsMemory(..^1)]).Keys.Order(StringComparer.Ordinal));
        for (int i = 0; i < journal.Length; i++)
        {
            journal[i] ^= 1;
            bool isSame = false;
            try
            {
                isSame = JournalChain.Read([journal]).Keys.ToHashSet(StringComparer.Ordinal).SetEquals(digests);
            }
            catch (FormatException) { }

            Assert.False(isSame, $"Byte {i} was changed.");
            journal[i] ^= 1;
        }
    }

    private static (byte[] Journal, string[] Digests) Journal(int lines)
    {
        var journal = new StringBuilder();
        var digests = new List<string>();
        string before = $"sha256:{new string('0', 64)}";
        for (int i = 1; i <= lines; i++)
        {
            string line = $"{{\"at\":\"{i}\",\"prev\":\"{before}\",\"seq\":{i}}}";
            journal.Append(line).Append('\n');
            digests.Add(before = Digests.Of(Encoding.UTF8.GetBytes(line)));
        }

        return (Encoding.UTF8.GetBytes(journal.ToString()), [.. digests.Order(StringComparer.Ordinal)]);
    }

    private static CertificateContent After(ErasureCertificateCheck before, int days) =>
        CertificateGen.Small with
        {
            Follows = before.Digest,
            IssuedAt = TestX509.Now.AddDays(days),
        };

    private static ErasureCertificateCheck Check(CertificateContent content) => Checks.Of(CertificateWriter.Write(content, key: null), []);
}
