;;; pipe-mode.el --- Pipe, the pipeline language of Standpipe  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages, tools

;;; Commentary:

;; Colours, indentation, comments and an index of declarations for files that end in `.pipe'.  Eglot is told of the
;; language server: `M-x eglot' in such a file starts `standpipe lsp', which must be in the search path.

;;; Code:

(defvar eglot-server-programs)

(defgroup pipe nil
  "Pipe, the pipeline language of Standpipe."
  :group 'languages)

(defcustom pipe-indent-offset 2
  "How many columns a body is indented; `standpipe fmt' has 2."
  :type 'integer
  :safe #'integerp)

(defvar pipe-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?' "." table)
    table)
  "Syntax of Pipe.")

(defconst pipe--declarations
  '("action" "callee" "fn" "gate" "let" "pipeline" "rule" "secret" "stage" "type" "variable")
  "Words that declare a name.")

(defconst pipe--keywords
  '("as" "aws" "azure" "defaults" "edition" "else" "failure" "for" "if" "in" "on" "private" "then" "use")
  "Other words of the language.")

(defconst pipe--font-lock-keywords
  `((,(concat "^[ \t]*\\(?:private[ \t]+\\)?\\_<" (regexp-opt pipe--declarations t)
              "\\_>[ \t]+\\_<\\([[:alpha:]][[:alnum:]_-]*\\)")
     (1 font-lock-keyword-face)
     (2 font-lock-function-name-face))
    ;; A field may be called as a word is: `on:' and `type:' are names.
    ("\\_<\\([[:alpha:]][[:alnum:]_-]*\\)\\??:" 1 font-lock-variable-name-face)
    (,(regexp-opt pipe--keywords 'symbols) . font-lock-keyword-face)
    (,(regexp-opt '("true" "false" "null") 'symbols) . font-lock-constant-face)
    ;; What an action is: `= git {', `= aws.s3_deploy {'.
    ("=[ \t]*\\([[:alpha:]][[:alnum:]_.-]*\\)[ \t]*[{(]" 1 font-lock-type-face)
    ("\\_<\\([[:alpha:]][[:alnum:]_-]*\\)(" 1 font-lock-builtin-face))
  "What is coloured, but for comments and strings.")

(defun pipe--propertize (start end)
  "Between START and END, find the strings in which a quote means nothing.
They begin and end with three quotes."
  (goto-char start)
  (while (re-search-forward "\"\"\"" end t)
    (let ((state (save-excursion (syntax-ppss (match-beginning 0))))
          (fence (string-to-syntax "|")))
      (cond
       ((nth 4 state))
       ((not (nth 3 state))
        (put-text-property (match-beginning 0) (1+ (match-beginning 0)) 'syntax-table fence))
       ((eq (nth 3 state) t)
        (put-text-property (1- (match-end 0)) (match-end 0) 'syntax-table fence))))))

(defun pipe-indent-line ()
  "Indent this line by the brackets around it.
Block strings are verbatim, and left as they are."
  (interactive)
  (let ((state (save-excursion (syntax-ppss (line-beginning-position)))))
    (if (nth 3 state)
        'noindent
      (let* ((opening (nth 1 state))
             (column
              (if (not opening)
                  0
                (save-excursion
                  (back-to-indentation)
                  (let ((closes (looking-at-p "[])}]")))
                    (goto-char opening)
                    (+ (current-indentation) (if closes 0 pipe-indent-offset)))))))
        (if (<= (current-column) (current-indentation))
            (indent-line-to column)
          (save-excursion (indent-line-to column)))))))

(defvar pipe--imenu
  `((nil ,(concat "^[ \t]*\\(?:private[ \t]+\\)?" (regexp-opt pipe--declarations)
                  "[ \t]+\\([[:alpha:]][[:alnum:]_-]*\\)")
         1))
  "The declarations of a file.")

;;;###autoload
(define-derived-mode pipe-mode prog-mode "Pipe"
  "Major mode for pipelines of Standpipe."
  (setq-local comment-start "// "
              comment-end ""
              comment-start-skip "//+[ \t]*"
              indent-line-function #'pipe-indent-line
              indent-tabs-mode nil
              tab-width 2
              electric-indent-chars (append "{}[]()" electric-indent-chars)
              syntax-propertize-function #'pipe--propertize
              imenu-generic-expression pipe--imenu
              font-lock-defaults '(pipe--font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.pipe\\'" . pipe-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(pipe-mode . ("standpipe" "lsp"))))

(provide 'pipe-mode)
;;; pipe-mode.el ends here
