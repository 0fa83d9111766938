using System.Text;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Letters and digits with marks, in circles, of full width or in mathematical styles, and the plain ones that they are drawn from:
/// Unicode's compatibility decomposition, without a library of the system, which a container may lack.
/// </summary>
internal static class PlainLetters
{
    private const int MathematicalLetters = 0x1D400;
    private const int AfterMathematicalLetters = 0x1D6A4;
    private const int MathematicalDigits = 0x1D7CE;
    private const int AfterMathematicalDigits = 0x1D800;

    private static readonly Dictionary<int, char> Plain = Read([
        ("0", "⁰₀⓪０"),
        ("1", "¹₁①１"),
        ("2", "²₂②２"),
        ("3", "³₃③３"),
        ("4", "⁴₄④４"),
        ("5", "⁵₅⑤５"),
        ("6", "⁶₆⑥６"),
        ("7", "⁷₇⑦７"),
        ("8", "⁸₈⑧８"),
        ("9", "⁹₉⑨９"),
        ("a", "ªÀÁÂÃÄÅàáâãäåĀāĂăĄąǍǎǞǟǠǡǺǻȀȁȂȃȦȧᴬᵃḀḁẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặₐÅⒶⓐＡａ"),
        ("b", "ᴮᵇḂḃḄḅḆḇℬⒷⓑＢｂ"),
        ("c", "ÇçĆćĈĉĊċČčᶜḈḉℂℭⅭⅽⒸⓒꟲＣｃ"),
        ("d", "ĎďᴰᵈḊḋḌḍḎḏḐḑḒḓⅅⅆⅮⅾⒹⓓＤｄ"),
        ("e", "ÈÉÊËèéêëĒēĔĕĖėĘęĚěȄȅȆȇȨȩᴱᵉḔḕḖḗḘḙḚḛḜḝẸẹẺẻẼẽẾếỀềỂểỄễỆệₑℯℰⅇⒺⓔＥｅ"),
        ("f", "ᶠḞḟℱⒻⓕꟳＦｆ"),
        ("g", "ĜĝĞğĠġĢģǦǧǴǵᴳᵍḠḡℊⒼⓖＧｇ"),
        ("h", "ĤĥȞȟʰᴴḢḣḤḥḦḧḨḩḪḫẖₕℋℌℍℎⒽⓗＨｈ"),
        ("i", "ÌÍÎÏìíîïĨĩĪīĬĭĮįİǏǐȈȉȊȋᴵᵢḬḭḮḯỈỉỊịⁱℐℑℹⅈⅠⅰⒾⓘＩｉ"),
        ("j", "ĴĵǰʲᴶⅉⒿⓙⱼＪｊ"),
        ("k", "ĶķǨǩᴷᵏḰḱḲḳḴḵₖKⓀⓚＫｋ"),
        ("l", "ĹĺĻļĽľˡᴸḶḷḸḹḺḻḼḽₗℒℓⅬⅼⓁⓛＬｌ"),
        ("m", "ᴹᵐḾḿṀṁṂṃₘℳⅯⅿⓂⓜＭｍ"),
        ("n", "ÑñŃńŅņŇňǸǹᴺṄṅṆṇṈṉṊṋⁿₙℕⓃⓝＮｎ"),
        ("o", "ºÒÓÔÕÖòóôõöŌōŎŏŐőƠơǑǒǪǫǬǭȌȍȎȏȪȫȬȭȮȯȰȱᴼᵒṌṍṎṏṐṑṒṓỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợₒℴⓄⓞＯｏ"),
        ("p", "ᴾᵖṔṕṖṗₚℙⓅⓟＰｐ"),
        ("q", "ℚⓆⓠꟴＱｑ"),
        ("r", "ŔŕŖŗŘřȐȑȒȓʳᴿᵣṘṙṚṛṜṝṞṟℛℜℝⓇⓡＲｒ"),
        ("s", "ŚśŜŝŞşŠšſȘșˢṠṡṢṣṤṥṦṧṨṩẛₛⓈⓢＳｓ"),
        ("t", "ŢţŤťȚțᵀᵗṪṫṬṭṮṯṰṱẗₜⓉⓣＴｔ"),
        ("u", "ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųƯưǓǔǕǖǗǘǙǚǛǜȔȕȖȗᵁᵘᵤṲṳṴṵṶṷṸṹṺṻỤụỦủỨứỪừỬửỮữỰựⓊⓤＵｕ"),
        ("v", "ᵛᵥṼṽṾṿⅤⅴⓋⓥⱽＶｖ"),
        ("w", "ŴŵʷᵂẀẁẂẃẄẅẆẇẈẉẘⓌⓦＷｗ"),
        ("x", "ˣẊẋẌẍₓⅩⅹⓍⓧＸｘ"),
        ("y", "ÝýÿŶŷŸȲȳʸẎẏẙỲỳỴỵỶỷỸỹⓎⓨＹｙ"),
        ("z", "ŹźŻżŽžᶻẐẑẒẓẔẕℤℨⓏⓩＺｚ"),
    ]);

    /// <summary>The plain letter or digit in lower case; null for what is none, or is plain already.</summary>
    public static char? Of(Rune rune) =>
        rune.Value switch
        {
            >= MathematicalLetters and < AfterMathematicalLetters => (char)('a' + ((rune.Value - MathematicalLetters) % 26)),
            >= MathematicalDigits and < AfterMathematicalDigits => (char)('0' + ((rune.Value - MathematicalDigits) % 10)),
            _ => Plain.TryGetValue(rune.Value, out char plain) ? plain : null,
        };

    private static Dictionary<int, char> Read((string Plain, string Drawn)[] rows) =>
        rows.SelectMany(row => row.Drawn.Select(drawn => (Drawn: (int)drawn, Plain: row.Plain[0])))
            .ToDictionary(pair => pair.Drawn, pair => pair.Plain);
}
