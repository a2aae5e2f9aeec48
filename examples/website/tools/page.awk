# One page: a title, headings, lists, paragraphs, *emphasis*, **strong** and [links](target), as HTML.

function inline(text,    before, link, label, target) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    while (match(text, /\[[^\]]+\]\([^)]+\)/)) {
        link = substr(text, RSTART, RLENGTH)
        label = substr(link, 2, index(link, "](") - 2)
        target = substr(link, index(link, "](") + 2)
        sub(/\)$/, "", target)
        before = substr(text, 1, RSTART - 1)
        text = before "<a href=\"" target "\">" label "</a>" substr(text, RSTART + RLENGTH)
    }
    text = pairs(text, "\\*\\*", "strong")
    return pairs(text, "\\*", "em")
}

function pairs(text, mark, tag) {
    while (text ~ mark ".+" mark) {
        sub(mark, "<" tag ">", text)
        sub(mark, "</" tag ">", text)
    }
    return text
}

function block(kind) {
    if (open != kind) {
        if (open != "") print "</" open ">"
        if (kind != "") print "<" kind ">"
        open = kind
    }
}

BEGIN {
    print "<!doctype html>"
    print "<html lang=\"en\">"
    print "<meta charset=\"utf-8\">"
    print "<link rel=\"stylesheet\" href=\"style.css\">"
}

/^# / {
    title = substr($0, 3)
    print "<title>" inline(title) "</title>"
    print "<nav><a href=\"index.html\">Home</a><a href=\"products.html\">Bread</a><a href=\"visit.html\">Visit</a></nav>"
    print "<h1>" inline(title) "</h1>"
    next
}
/^## / { block(""); print "<h2>" inline(substr($0, 4)) "</h2>"; next }
/^- / { block("ul"); print "<li>" inline(substr($0, 3)) "</li>"; next }
/^$/ { block(""); next }
{ block("p"); print inline($0) }

END {
    block("")
    print "<footer>Built from " commit "</footer>"
}
